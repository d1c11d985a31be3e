//! Opinions in a storm: asked for or not, given by whoever was asked and by whoever was not.

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
        let contact = ContactId(self.dice.below(self.contacts) + 1);
        let asked = self.dice.percent(80).then_some(self.now);
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
