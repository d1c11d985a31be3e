//! Opinions in a storm: asked for or not, given by whoever was asked, and of a question that was never sent.

use super::Inventor;
use domain::{
    ContactId, RegionId,
    contact::Channel,
    routing::{Event, View},
    survey::{Opinion, Rating, SurveyRecord, SurveyState},
};

impl Inventor {
    pub(super) fn opinion(&mut self, view: &View) -> Event {
        if !view.surveys.is_empty() && self.dice.percent(70) {
            let contact = self.dice.one(&view.surveys);
            return Event::OpinionWeighed { contact, reached: self.reached() };
        }
        let asked = (!self.asked.is_empty() && self.dice.percent(80)).then_some(self.now);
        let contact = if asked.is_some() { self.dice.one(&self.asked) } else { ContactId(self.dice.below(self.contacts) + 1) };
        let survey = SurveyRecord {
            contact,
            channel: self.dice.one(Channel::ALL),
            region: self.dice.percent(50).then(|| RegionId::new("vast")),
            state: if asked.is_some() { SurveyState::Asked } else { SurveyState::Spared },
            due: self.now,
            asked,
            answered: None,
            opinion: None,
        };
        let opinion = Opinion { treatment: self.rating(), handling: self.rating(), accessibility: self.rating() };
        Event::OpinionGiven { survey, opinion }
    }

    fn rating(&mut self) -> Option<Rating> {
        self.dice.percent(80).then(|| self.dice.one(Rating::ALL))
    }
}
