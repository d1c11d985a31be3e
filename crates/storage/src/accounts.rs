//! Staff accounts: who may sign in, as what, with which skills and languages. The number of an
//! account is the operator's number everywhere.

use crate::{
    Store, StoreError,
    database::{Connection, from_row, sql},
    passwords,
};
use domain::{CategoryId, OperatorId, RegionId, SiteId, SkillId, access::Role, intent::Language};
use serde::Serialize;
use std::collections::BTreeMap;

/// An account without its password.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Account {
    pub id: OperatorId,
    pub login: String,
    pub name: String,
    pub role: Role,
    pub site: Option<SiteId>,
    /// Skill and level, 1 to 9, 9 best.
    pub skills: BTreeMap<SkillId, u8>,
    pub languages: Vec<Language>,
    pub category: Option<CategoryId>,
    /// Regions that are served beside the site's own.
    pub also_regions: Vec<RegionId>,
    /// Where a desk telephone of this operator is reached, when one is used instead of the browser.
    pub sip_address: Option<String>,
    pub disabled: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewAccount {
    /// Compared without regard to capitals.
    pub login: String,
    pub name: String,
    pub role: Role,
    pub site: Option<SiteId>,
    pub skills: BTreeMap<SkillId, u8>,
    pub languages: Vec<Language>,
    pub category: Option<CategoryId>,
    pub also_regions: Vec<RegionId>,
    pub sip_address: Option<String>,
}

struct StoredAccount {
    id: i64,
    login: String,
    name: String,
    role: String,
    site: Option<String>,
    skills: String,
    languages: String,
    category: Option<String>,
    also_regions: String,
    sip_address: Option<String>,
    password_hash: Option<String>,
    disabled: i64,
}
from_row!(StoredAccount: id, login, name, role, site, skills, languages, category, also_regions, sip_address, password_hash, disabled);

impl StoredAccount {
    fn read(self) -> Result<Account, StoreError> {
        let unreadable = || StoreError::Corrupt(format!("account {} cannot be read", self.id));
        Ok(Account {
            id: OperatorId(u64::try_from(self.id).map_err(|_| unreadable())?),
            role: Role::from_word(&self.role).ok_or_else(unreadable)?,
            skills: serde_json::from_str(&self.skills).map_err(|_| unreadable())?,
            languages: serde_json::from_str(&self.languages).map_err(|_| unreadable())?,
            site: self.site.as_deref().map(SiteId::new),
            category: self.category.as_deref().map(CategoryId::new),
            also_regions: serde_json::from_str(&self.also_regions).map_err(|_| unreadable())?,
            login: self.login,
            name: self.name,
            sip_address: self.sip_address,
            disabled: self.disabled != 0,
        })
    }
}

macro_rules! accounts {
    ($rest:literal) => {
        concat!(
            "SELECT id, login, name, role, site, skills, languages, category, also_regions, sip_address, password_hash, disabled \
             FROM accounts ",
            $rest
        )
    };
}

fn plain_login(login: &str) -> String {
    login.trim().to_lowercase()
}

fn list<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Corrupt("an account cannot be written as JSON".to_owned()))
}

impl Store {
    /// Makes an account that cannot sign in until [`Store::set_password`].
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the login is taken.
    pub async fn create_account(&self, account: &NewAccount) -> Result<Account, StoreError> {
        let (skills, languages) = (list(&account.skills)?, list(&account.languages)?);
        let mut transaction = self.database().write().await?;
        let (id,): (i64,) = transaction.one(sql!("SELECT COALESCE(MAX(id), 0) + 1 FROM accounts")).await?;
        let text = "INSERT INTO accounts (id, login, name, role, site, skills, languages, sip_address, category, also_regions, disabled) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)";
        let statement = sql!(
            text,
            id,
            plain_login(&account.login),
            &account.name,
            account.role.word(),
            account.site.as_ref().map(SiteId::as_str),
            skills,
            languages,
            account.sip_address.clone(),
            account.category.as_ref().map(CategoryId::as_str),
            list(&account.also_regions)?
        );
        transaction.execute(statement).await?;
        transaction.commit().await?;
        let NewAccount { name, role, site, skills, languages, category, also_regions, sip_address, .. } = account.clone();
        let (id, login) = (OperatorId(u64::try_from(id).unwrap_or(0)), plain_login(&account.login));
        Ok(Account { id, login, name, role, site, skills, languages, category, also_regions, sip_address, disabled: false })
    }

    /// Writes everything about an account but its password. Disabling it ends its sessions.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the login is taken or there is no such account.
    pub async fn update_account(&self, account: &Account) -> Result<(), StoreError> {
        let (skills, languages) = (list(&account.skills)?, list(&account.languages)?);
        let mut transaction = self.database().write().await?;
        let text = "UPDATE accounts SET login = $2, name = $3, role = $4, site = $5, skills = $6, languages = $7, \
                    sip_address = $8, disabled = $9, category = $10, also_regions = $11 WHERE id = $1";
        let statement = sql!(
            text,
            account.id,
            plain_login(&account.login),
            &account.name,
            account.role.word(),
            account.site.as_ref().map(SiteId::as_str),
            skills,
            languages,
            account.sip_address.clone(),
            account.disabled,
            account.category.as_ref().map(CategoryId::as_str),
            list(&account.also_regions)?
        );
        if transaction.execute(statement).await? == 0 {
            return Err(StoreError::Conflict);
        }
        if account.disabled {
            transaction.execute(sql!("DELETE FROM sessions WHERE account = $1", account.id)).await?;
        }
        transaction.commit().await
    }

    /// Sets the password and ends every session of the account.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such account.
    pub async fn set_password(&self, account: OperatorId, password: &str) -> Result<(), StoreError> {
        let hash = passwords::hash(password).await?;
        let mut transaction = self.database().write().await?;
        if transaction.execute(sql!("UPDATE accounts SET password_hash = $2 WHERE id = $1", account, hash)).await? == 0 {
            return Err(StoreError::Conflict);
        }
        transaction.execute(sql!("DELETE FROM sessions WHERE account = $1", account)).await?;
        transaction.commit().await
    }

    /// # Errors
    /// What the database answered.
    pub async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        let mut connection = self.database().read().await?;
        stored_by_login(&mut connection, login).await?.map(StoredAccount::read).transpose()
    }

    /// # Errors
    /// What the database answered.
    pub async fn account(&self, id: OperatorId) -> Result<Option<Account>, StoreError> {
        let text = accounts!("WHERE id = $1");
        let row: Option<StoredAccount> = self.database().read().await?.maybe(sql!(text, id)).await?;
        row.map(StoredAccount::read).transpose()
    }

    /// The account, when login and password belong together and it is not disabled. Takes as long
    /// for a login that does not exist.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn verify_password(&self, login: &str, password: &str) -> Result<Option<Account>, StoreError> {
        let stored = stored_by_login(&mut self.database().read().await?, login).await?;
        let kept = stored.as_ref().filter(|row| row.disabled == 0).and_then(|row| row.password_hash.clone());
        let right = passwords::is_right(password, kept).await;
        stored.filter(|_| right).map(StoredAccount::read).transpose()
    }

    /// All accounts by number.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let text = accounts!("ORDER BY id");
        let rows: Vec<StoredAccount> = self.database().read().await?.all(sql!(text)).await?;
        rows.into_iter().map(StoredAccount::read).collect()
    }
}

async fn stored_by_login(connection: &mut Connection, login: &str) -> Result<Option<StoredAccount>, StoreError> {
    let text = accounts!("WHERE login = $1");
    connection.maybe(sql!(text, plain_login(login))).await
}
