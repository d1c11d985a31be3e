//! Who may do what: roles of staff and the permissions they carry. Every page and every API call
//! asks the same [`Role::may`].

use crate::intent::words;

words! {
    Role {
        Operator = "operator",
        /// Supervisor, investigation leader, coach.
        Leader = "leader",
        Planner = "planner",
        Administrator = "administrator",
        /// A program with a token: reads what the API shows, changes nothing.
        Script = "script",
    }
}

words! {
    Permission {
        AnswerCalls = "answer_calls",
        WriteReports = "write_reports",
        SeeBoard = "see_board",
        /// The whole queue, every operator, every contact.
        SeeAll = "see_all",
        /// Persons: numbers, positions, reports.
        SeePersons = "see_persons",
        /// Give a waiting contact to somebody, or put it before others.
        LeadQueues = "lead_queues",
        /// Who read whose personal data.
        SeeAccessLog = "see_access_log",
        /// Keep a matter from being erased, and let it go again.
        HoldMatters = "hold_matters",
        ChangePlan = "change_plan",
        ManageAccounts = "manage_accounts",
    }
}

impl Role {
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Operator => matches!(permission, P::AnswerCalls | P::WriteReports | P::SeeBoard | P::SeePersons),
            Self::Leader => {
                matches!(
                    permission,
                    P::AnswerCalls
                        | P::WriteReports
                        | P::SeeBoard
                        | P::SeeAll
                        | P::SeePersons
                        | P::LeadQueues
                        | P::SeeAccessLog
                        | P::HoldMatters
                )
            }
            Self::Planner => matches!(permission, P::SeeBoard | P::SeeAll),
            Self::Administrator => matches!(permission, P::SeeBoard | P::SeeAll | P::ChangePlan | P::ManageAccounts),
            Self::Script => matches!(permission, P::SeeBoard | P::SeeAll),
        }
    }
}
