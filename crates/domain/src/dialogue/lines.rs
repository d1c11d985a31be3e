//! What the dialogue can say: prompts of the catalogue and the slots between them.

use crate::{intent::words, place::CountyCode};
use jiff::civil::Time;
use serde::{Deserialize, Serialize};

/// One thing to play.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    Say(Prompt),
    /// A whole number from 0 to 60.
    Number(u8),
    /// A time of the local day.
    Time {
        hour: u8,
        minute: u8,
    },
    /// Digits one by one (a reference).
    Digits(String),
    /// The number at which the caller would be rung back, digit by digit; the router never knows it.
    CallBackNumber,
    /// The name of a county or police district.
    County(CountyCode),
    /// The waiting music.
    Music,
    /// A quiet stretch in milliseconds.
    Pause(u32),
}

impl Line {
    /// A time of the day, without its seconds.
    #[must_use]
    pub fn at(time: Time) -> Self {
        Self::Time { hour: time.hour().unsigned_abs(), minute: time.minute().unsigned_abs() }
    }
}

words! {
    /// The prompts that every catalogue must have in each language it speaks.
    Prompt {
        /// The police, 114 14; in danger ring 112.
        Greeting = "greeting",
        /// For English press 8 (in English, said in the greeting of another language).
        EnglishOffer = "english_offer",
        /// In a few words, what is it about?
        WhatIsIt = "what_is_it",
        /// 3 report a crime, 4 tip, 5 passport or permit, 6 a matter already reported, 7 something else; 9 happening now, 0 a person.
        Menu = "menu",
        /// I did not hear / understand.
        NotHeard = "not_heard",
        NotUnderstood = "not_understood",
        /// Is it happening now, has it just happened, is it about to happen, or is anyone in danger? 1 yes, 2 no.
        EmergencyQuestion = "emergency_question",
        /// The same in two halves, where the plan leads what is going on to the command centre.
        /// Is anyone in danger? 1 yes, 2 no.
        DangerQuestion = "danger_question",
        /// Is it happening now, has it just happened, is it about to happen? 1 yes, 2 no.
        GoingOnQuestion = "going_on_question",
        /// Connecting to 112; press 2 if this is wrong; stay on the line.
        ConnectingEmergency = "connecting_emergency",
        /// 112 does not answer; it is quickest to hang up and ring 112; we keep trying.
        EmergencyFallback = "emergency_fallback",
        /// Connecting to the police command centre; press 2 if this is wrong; stay on the line.
        ConnectingCommandCentre = "connecting_command_centre",
        ConnectingSwitchboard = "connecting_switchboard",
        /// "It is about" before an intent's own prompt.
        ConfirmStart = "confirm_start",
        /// "Is that right? 1 yes, 2 no."
        ConfirmEnd = "confirm_end",
        /// "Is it about" before the first of two matters, "1; or is it about" before the second, "2; something else 3".
        ChooseStart = "choose_start",
        ChooseOr = "choose_or",
        ChooseEnd = "choose_end",
        MatterReportTheft = "matter_report_theft",
        MatterReportBicycleTheft = "matter_report_bicycle_theft",
        MatterReportFraud = "matter_report_fraud",
        MatterReportDamage = "matter_report_damage",
        MatterReportViolence = "matter_report_violence",
        MatterReportDomesticViolence = "matter_report_domestic_violence",
        MatterReportLostItem = "matter_report_lost_item",
        MatterTip = "matter_tip",
        MatterOngoingEmergency = "matter_ongoing_emergency",
        MatterMissingPerson = "matter_missing_person",
        MatterNoiseDisturbance = "matter_noise_disturbance",
        MatterTraffic = "matter_traffic",
        MatterPassportId = "matter_passport_id",
        MatterPermitsWeapons = "matter_permits_weapons",
        MatterExistingCaseStatus = "matter_existing_case_status",
        MatterLostAndFound = "matter_lost_and_found",
        MatterComplaint = "matter_complaint",
        MatterOperator = "matter_operator",
        MatterOther = "matter_other",
        /// Which municipality is it about? Say it, or key the first three digits of the postal code; star leaves.
        WhichPlace = "which_place",
        /// The same without a recogniser: keys only.
        WhichPlaceKeys = "which_place_keys",
        /// "Is it in" before the first of two or three counties, "1; in" before the next ones, the end with the last key
        /// and "somewhere else" with one more.
        NarrowStart = "narrow_start",
        NarrowSecond = "narrow_second",
        NarrowThird = "narrow_third",
        NarrowEndOfTwo = "narrow_end_of_two",
        NarrowEndOfThree = "narrow_end_of_three",
        /// You are now in the queue; an operator answers as soon as one is free.
        Queued = "queued",
        /// "The wait is expected to be between".
        ExpectedFrom = "expected_from",
        /// "and".
        ExpectedTo = "expected_to",
        /// "minutes."
        ExpectedMinutes = "expected_minutes",
        /// You still have your place; press 9 if it is happening now.
        StillWaiting = "still_waiting",
        /// "Right now many people are calling about", before an intent's own prompt.
        SurgeStart = "surge_start",
        /// The same of callers whose matter has no words of its own.
        SurgeAny = "surge_any",
        /// "The wait may be long."
        SurgeEnd = "surge_end",
        /// Press 5 and hang up: we ring back, at the number that you ring from.
        SurgeLaterCall = "surge_later_call",
        SurgeLaterCallTaken = "surge_later_call_taken",
        /// You can do it on the web at any hour; press 5 to leave, stay to keep your place.
        SurgeWeb = "surge_web",
        /// You can do this on the web; press 5 and we send the address by text message; you keep your place.
        FormOffer = "form_offer",
        /// The text message is owed; you keep your place.
        FormTexted = "form_texted",
        /// It was asked for already, and is on its way.
        FormOnItsWay = "form_on_its_way",
        /// Press 6 and we ring you back; you keep your place in line.
        CallBackOffer = "call_back_offer",
        /// "We ring you at", before the number.
        CallBackNumber = "call_back_number",
        /// 1 if that is right, 2 for another number.
        CallBackRight = "call_back_right",
        /// Key the number with area code, end with hash.
        CallBackKeyNumber = "call_back_key_number",
        /// That number cannot be rung.
        CallBackUnusable = "call_back_unusable",
        /// "We call nobody back at this hour, but no sooner than", before a day and a time.
        CallBackFrom = "call_back_from",
        /// We ring you when it is your turn; you can hang up.
        CallBackTaken = "call_back_taken",
        /// We ring you when we are open again; you are among the first.
        CallBackQuiet = "call_back_quiet",
        /// Press 7 and we ring you at another time.
        TimesByDay = "times_by_day",
        /// We can ring you at a time of your own choice.
        TimesOffer = "times_offer",
        /// "today at", "tomorrow at", "on Monday at" in the midst of a sentence, before a time.
        TimeToday = "time_today",
        TimeTomorrow = "time_tomorrow",
        TimeMonday = "time_monday",
        TimeTuesday = "time_tuesday",
        TimeWednesday = "time_wednesday",
        TimeThursday = "time_thursday",
        TimeFriday = "time_friday",
        TimeSaturday = "time_saturday",
        TimeSunday = "time_sunday",
        /// "at", before one more time of the same day.
        TimeSameDay = "time_same_day",
        /// "press 1", "press 2", "press 3", after a time.
        TimesFirst = "times_first",
        TimesSecond = "times_second",
        TimesThird = "times_third",
        /// Press 4 for later times.
        TimesLater = "times_later",
        /// That time has just been taken.
        TimesTaken = "times_taken",
        /// No time is free; you keep your place in line.
        TimesNone = "times_none",
        /// "We ring you", before a day and a time; what was agreed.
        TimeBooked = "time_booked",
        /// If something happens until then ring 112; you can hang up.
        TimeBookedEnd = "time_booked_end",
        /// "Your reference is".
        YourReference = "your_reference",
        /// You are connected.
        Connecting = "connecting",
        /// The operator's connection was lost; stay, you are first in line.
        OperatorLost = "operator_lost",
        /// What you ring about is closed right now.
        Closed = "closed",
        /// "We open today at", before a time; the same of other days.
        OpensToday = "opens_today",
        OpensTomorrow = "opens_tomorrow",
        OpensMonday = "opens_monday",
        OpensTuesday = "opens_tuesday",
        OpensWednesday = "opens_wednesday",
        OpensThursday = "opens_thursday",
        OpensFriday = "opens_friday",
        OpensSaturday = "opens_saturday",
        OpensSunday = "opens_sunday",
        /// Press 5 to be called back when we are open.
        ClosedLaterCall = "closed_later_call",
        /// You may stay in line; press 9 if something is happening now; in danger ring 112.
        ClosedStay = "closed_stay",
        /// We cannot take your call because of a technical fault; ring 112 in danger, else later.
        TechnicalFault = "technical_fault",
        Goodbye = "goodbye",
    }
}
