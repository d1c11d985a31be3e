//! Reads licence expressions as packages state them (SPDX, and the older `MIT/Apache-2.0`), and says
//! whether a set of licences satisfies one.

/// Whether the expression can be met with licences that `allowed` accepts: one side of OR, both sides
/// of AND. `A WITH exception` is the licence A with fewer duties, so A's verdict holds.
pub fn holds(expression: &str, allowed: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    let tokens = tokens(expression);
    let mut reader = Reader { tokens: &tokens, at: 0, allowed };
    let verdict = reader.either()?;
    match reader.tokens.get(reader.at) {
        None => Ok(verdict),
        Some(rest) => Err(format!("`{rest}` was not expected")),
    }
}

fn tokens(expression: &str) -> Vec<String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    spaced.split_whitespace().map(str::to_owned).collect()
}

struct Reader<'a> {
    tokens: &'a [String],
    at: usize,
    allowed: &'a dyn Fn(&str) -> bool,
}

impl Reader<'_> {
    fn either(&mut self) -> Result<bool, String> {
        let mut verdict = self.both()?;
        while self.take("OR") {
            verdict |= self.both()?;
        }
        Ok(verdict)
    }

    fn both(&mut self) -> Result<bool, String> {
        let mut verdict = self.one()?;
        while self.take("AND") {
            verdict &= self.one()?;
        }
        Ok(verdict)
    }

    fn one(&mut self) -> Result<bool, String> {
        if self.take("(") {
            let verdict = self.either()?;
            return if self.take(")") { Ok(verdict) } else { Err("a bracket is not closed".to_owned()) };
        }
        let name = self.name()?;
        let verdict = (self.allowed)(&name);
        if self.take("WITH") {
            self.name()?;
        }
        Ok(verdict)
    }

    fn name(&mut self) -> Result<String, String> {
        match self.tokens.get(self.at) {
            Some(token) if !matches!(token.as_str(), "(" | ")" | "OR" | "AND" | "WITH") => {
                self.at += 1;
                Ok(token.clone())
            }
            Some(token) => Err(format!("`{token}` stands where a licence is expected")),
            None => Err("it ends too early".to_owned()),
        }
    }

    fn take(&mut self, wanted: &str) -> bool {
        let there = self.tokens.get(self.at).is_some_and(|token| token == wanted);
        self.at += usize::from(there);
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_weighed() {
        let allowed = |name: &str| matches!(name, "MIT" | "ISC");
        for (expression, verdict) in [
            ("MIT", Ok(true)),
            ("GPL", Ok(false)),
            ("MIT OR GPL", Ok(true)),
            ("GPL/MIT", Ok(true)),
            ("MIT AND GPL", Ok(false)),
            ("GPL OR MIT AND GPL", Ok(false)),
            ("(GPL OR MIT) AND ISC", Ok(true)),
            ("ISC AND (GPL OR (MIT AND ISC))", Ok(true)),
            ("MIT WITH LLVM-exception", Ok(true)),
            ("MIT MIT", Err("`MIT` was not expected".to_owned())),
            ("(MIT", Err("a bracket is not closed".to_owned())),
            ("MIT OR", Err("it ends too early".to_owned())),
            ("AND MIT", Err("`AND` stands where a licence is expected".to_owned())),
        ] {
            assert_eq!(holds(expression, &allowed), verdict, "{expression}");
        }
    }
}
