//! Who is kept for a class is never taken for those they are kept from: counted from what is shown, without the
//! router's own count.
#![allow(clippy::unwrap_used)]

use domain::{
    ClassId, OperatorId, QueueId,
    plan::Plan,
    routing::{Command, OperatorState, Reason, View},
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub struct Kept {
    /// What each operator was offered last.
    classes: BTreeMap<OperatorId, ClassId>,
}

impl Kept {
    /// Nobody is taken for another class of whom the plan keeps so many; counted here from what is shown, without
    /// the router's own count.
    pub fn prove(&mut self, plan: &Plan, commands: &[Command], view: &View, seen: &mut BTreeSet<String>) {
        self.learn(plan, commands, view);
        if view.contacts.iter().filter_map(|contact| contact.line).any(|line| line.able.kept > 0) {
            seen.insert("kept from others".to_owned());
        }
        for command in commands {
            let Command::Ring { contact, operator, why, .. } = command else { continue };
            seen.insert(format!("because {:?}", why.reason));
            let strict = view.contacts.iter().any(|other| other.contact == *contact && other.strict);
            if strict || why.reason == Reason::Assigned {
                continue;
            }
            let taker = view.operators.iter().find(|other| other.operator == *operator).unwrap();
            for class in plan.kept_classes().filter(|class| plan.keeps_from(class, &self.classes[operator])) {
                let queue = QueueId::of(&taker.region, &class.id);
                let skilled =
                    || view.operators.iter().filter(|other| other.on_duty && other.region == taker.region && other.queues.contains(&queue));
                if !taker.queues.contains(&queue) {
                    continue;
                }
                let on_duty = skilled().count();
                let others =
                    skilled().filter(|other| is_busy(other.state) && plan.keeps_from(class, &self.classes[&other.operator])).count();
                let kept = usize::min((on_duty * usize::from(class.kept_permille) + 500) / 1000, on_duty - 1);
                assert!(others + kept <= on_duty, "{others} of {on_duty} are busy with other than {}: {why:?}", class.id);
            }
        }
    }

    fn learn(&mut self, plan: &Plan, commands: &[Command], view: &View) {
        for command in commands {
            match command {
                Command::Ring { operator, why, .. } => {
                    let class = plan.queues().find(|(queue, ..)| *queue == why.queue).map(|(_, _, class)| class.id.clone());
                    self.classes.insert(*operator, class.unwrap());
                }
                // By the operator's own hand nobody rang before.
                Command::DialCitizen { operator, contact, .. } => {
                    // Whose queue is gone since is of its class still.
                    let call = view.contacts.iter().find(|other| other.contact == *contact).and_then(|contact| contact.call.as_ref());
                    let class = call.map(|call| call.class.clone());
                    self.classes.insert(*operator, class.unwrap());
                }
                Command::RingColleague { operator, contact, .. } => {
                    let asker = view.contacts.iter().find(|other| other.contact == *contact).and_then(|contact| contact.operator).unwrap();
                    self.classes.insert(*operator, self.classes[&asker].clone());
                }
                _ => {}
            }
        }
    }
}

fn is_busy(state: OperatorState) -> bool {
    use OperatorState::{Connecting, Consulting, Engaged, Offered, WrapUp};
    matches!(state, Offered | Connecting | Engaged | Consulting | WrapUp)
}
