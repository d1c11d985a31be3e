//! Small facts of a deployment by name: its secret, the plan last adopted.

use crate::{
    Store, StoreError,
    database::{Database, sql},
    hashing::{Hash, hex, unhex},
};

/// Made at the first opening; keys the index of callers.
const DEPLOYMENT_SECRET: &str = "deployment.secret";

impl Store {
    /// # Errors
    /// What the database answered.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = self.database().read().await?.maybe(sql!("SELECT value FROM settings WHERE name = $1", name)).await?;
        Ok(row.map(|(value,)| value))
    }

    /// # Errors
    /// What the database answered.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        let text = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        transaction.execute(sql!(text, name, value)).await?;
        transaction.commit().await
    }
}

pub async fn deployment_secret(database: &Database) -> Result<Hash, StoreError> {
    let mut transaction = database.write().await?;
    let fresh = hex(&rand::random::<Hash>());
    let keep = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    transaction.execute(sql!(keep, DEPLOYMENT_SECRET, fresh)).await?;
    let (secret,): (String,) = transaction.one(sql!("SELECT value FROM settings WHERE name = $1", DEPLOYMENT_SECRET)).await?;
    transaction.commit().await?;
    unhex(&secret).ok_or_else(|| StoreError::Corrupt("the secret of the deployment cannot be read".to_owned()))
}
