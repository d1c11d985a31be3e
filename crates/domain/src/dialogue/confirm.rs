//! "It is about a stolen bicycle, is that right?" for readings that are likely but not sure.

use super::{AfterEmergency, Dialogue, Heard, Line, Prompt, Step, Surroundings, Turn, emergency, menu};
use crate::intent::{Answer, Intent};

pub(super) fn question(intent: Intent) -> Vec<Line> {
    vec![Line::Say(Prompt::ConfirmStart), Line::Say(matter_prompt(intent)), Line::Say(Prompt::ConfirmEnd)]
}

pub(super) fn hear(dialogue: &mut Dialogue, heard: &Heard, intent: Intent, around: &Surroundings<'_>) -> Turn {
    match heard {
        // Silence is taken as consent: the operator sees that nobody confirmed it.
        Heard::Silence => dialogue.settle(false, around),
        Heard::Key(_) | Heard::Words(_) | Heard::Mumble => match heard.answer() {
            Some(Answer::Yes) => dialogue.settle(false, around),
            Some(Answer::No) => other_matter(dialogue, around),
            None => again(dialogue, intent, around),
        },
    }
}

/// The words hold a sign of danger: that is asked first, and what they said of the matter is kept.
pub(super) fn ask_about_danger(dialogue: &mut Dialogue, answer: Option<Answer>, around: &Surroundings<'_>) -> Turn {
    let then = match answer {
        Some(Answer::Yes) => AfterEmergency::Settle { confirm: false },
        Some(Answer::No) => {
            dialogue.intent = None;
            AfterEmergency::Matter
        }
        None => AfterEmergency::Settle { confirm: true },
    };
    emergency::ask(dialogue, then, around)
}

/// Something else than what was asked about: by keys.
pub(super) fn other_matter(dialogue: &mut Dialogue, around: &Surroundings<'_>) -> Turn {
    dialogue.intent = None;
    dialogue.turn_to(Step::Menu);
    if !dialogue.may_try_again(around) {
        return emergency::ask(dialogue, AfterEmergency::Settle { confirm: false }, around);
    }
    Turn::Ask(menu::question())
}

fn again(dialogue: &mut Dialogue, intent: Intent, around: &Surroundings<'_>) -> Turn {
    if dialogue.may_try_again(around) { Turn::Ask(question(intent)) } else { dialogue.settle(false, around) }
}

/// "A stolen bicycle": a matter in the midst of a sentence.
pub(crate) fn matter_prompt(intent: Intent) -> Prompt {
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
