//! placeholder
pub struct AreaCodes;
pub struct PostalCodes;
