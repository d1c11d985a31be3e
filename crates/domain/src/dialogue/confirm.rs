//! "It is about a stolen bicycle, is that right?" for readings that are likely but not sure.

use super::{AfterEmergency, Dialogue, Heard, Line, Prompt, Step, Surroundings, Turn, emergency, menu};
use crate::intent::{Answer, Gate, Intent};

pub(super) fn question(intent: Intent) -> Vec<Line> {
    vec![Line::Say(Prompt::ConfirmStart), Line::Say(matter_prompt(intent)), Line::Say(Prompt::ConfirmEnd)]
}

pub(super) fn hear(dialogue: &mut Dialogue, heard: &Heard, intent: Intent, around: &Surroundings<'_>) -> Turn {
    match heard {
        Heard::Key('1') => dialogue.settle(false, around),
        Heard::Key('2') => other_matter(dialogue, around),
        Heard::Words(words) if words.gate == Gate::Direct => Turn::Leave(super::Leave::Emergency),
        Heard::Words(words) => match words.answer {
            Some(Answer::Yes) => dialogue.settle(false, around),
            Some(Answer::No) => other_matter(dialogue, around),
            None if words.gate == Gate::Ask && !dialogue.cleared => {
                emergency::ask(dialogue, AfterEmergency::Settle { confirm: true }, around)
            }
            None => again(dialogue, intent, around),
        },
        Heard::Key(_) | Heard::Mumble => again(dialogue, intent, around),
        // Silence is taken as consent: the operator sees that nobody confirmed it.
        Heard::Silence => dialogue.settle(false, around),
    }
}

fn other_matter(dialogue: &mut Dialogue, around: &Surroundings<'_>) -> Turn {
    dialogue.intent = None;
    if !dialogue.may_try_again(around) {
        return emergency::ask(dialogue, AfterEmergency::Settle { confirm: false }, around);
    }
    dialogue.step = Step::Menu;
    Turn::Ask(menu::question())
}

fn again(dialogue: &mut Dialogue, intent: Intent, around: &Surroundings<'_>) -> Turn {
    if dialogue.may_try_again(around) { Turn::Ask(question(intent)) } else { dialogue.settle(false, around) }
}

fn matter_prompt(intent: Intent) -> Prompt {
    match intent {
        Intent::ReportTheft => Prompt::MatterReportTheft,
        Intent::ReportBicycleTheft => Prompt::MatterReportBicycleTheft,
        Intent::ReportFraud => Prompt::MatterReportFraud,
        Intent::ReportDamage => Prompt::MatterReportDamage,
        Intent::ReportViolence => Prompt::MatterReportViolence,
        Intent::ReportDomesticViolence => Prompt::MatterReportDomesticViolence,
        Intent::ReportLostItem => Prompt::MatterReportLostItem,
        Intent::Tip => Prompt::MatterTip,
        Intent::OngoingEmergency => Prompt::MatterOngoingEmergency,
        Intent::MissingPerson => Prompt::MatterMissingPerson,
        Intent::NoiseDisturbance => Prompt::MatterNoiseDisturbance,
        Intent::Traffic => Prompt::MatterTraffic,
        Intent::PassportId => Prompt::MatterPassportId,
        Intent::PermitsWeapons => Prompt::MatterPermitsWeapons,
        Intent::ExistingCaseStatus => Prompt::MatterExistingCaseStatus,
        Intent::LostAndFound => Prompt::MatterLostAndFound,
        Intent::Complaint => Prompt::MatterComplaint,
        Intent::Operator => Prompt::MatterOperator,
        Intent::Other => Prompt::MatterOther,
    }
}
