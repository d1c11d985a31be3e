//! Tokens of programs that read the API, each with a label and a role, kept only as hashes.

use crate::{
    Store, StoreError,
    database::sql,
    hashing::{Token, token_hash},
};
use domain::{Timestamp, access::Role};
use serde::Serialize;

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ApiToken {
    pub label: String,
    pub role: Role,
    pub created: Timestamp,
}

fn read((label, role, created): (String, String, i64)) -> Result<ApiToken, StoreError> {
    let role = Role::from_word(&role).ok_or_else(|| StoreError::Corrupt("the role of an API token cannot be read".to_owned()))?;
    Ok(ApiToken { label, role, created: Timestamp(created) })
}

impl Store {
    /// Makes a token; one with the same label stops working.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn create_api_token(&self, label: &str, role: Role, now: Timestamp) -> Result<Token, StoreError> {
        let token = Token::random();
        self.put_api_token(label, role, token.secret(), now).await?;
        Ok(token)
    }

    /// Takes a secret that somebody else chose.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another label has the same secret.
    pub async fn put_api_token(&self, label: &str, role: Role, secret: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        let text = "INSERT INTO api_tokens (label, token_hash, role, created) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT (label) DO UPDATE SET token_hash = excluded.token_hash, role = excluded.role, created = excluded.created";
        transaction.execute(sql!(text, label, token_hash(secret), role.word(), now)).await?;
        transaction.commit().await
    }

    /// Whose token it is.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn api_token(&self, secret: &str) -> Result<Option<ApiToken>, StoreError> {
        let text = "SELECT label, role, created FROM api_tokens WHERE token_hash = $1";
        let row: Option<(String, String, i64)> = self.database().read().await?.maybe(sql!(text, token_hash(secret))).await?;
        row.map(read).transpose()
    }

    /// All tokens by label.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn api_tokens(&self) -> Result<Vec<ApiToken>, StoreError> {
        let text = "SELECT label, role, created FROM api_tokens ORDER BY label";
        let rows: Vec<(String, String, i64)> = self.database().read().await?.all(sql!(text)).await?;
        rows.into_iter().map(read).collect()
    }

    /// True when there was such a token.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn revoke_api_token(&self, label: &str) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let revoked = transaction.execute(sql!("DELETE FROM api_tokens WHERE label = $1", label)).await?;
        transaction.commit().await?;
        Ok(revoked > 0)
    }
}
