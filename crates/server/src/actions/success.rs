//! What follows the success of a request: the message, the link to what was created, and the job of what the API has only
//! accepted (RFC 9110 15.3.3).

use std::collections::BTreeMap;

use axum::http::StatusCode;
use claimcheck_session::{AcceptedJob, ActionPlace, Outcome, ResultLink, SignedIn};
use claimcheck_text::t;
use serde_json_path::JsonPath;

use crate::{
    actions::Actions,
    api::Answer,
    boards::{
        cells::{Object, member, slot_text},
        job::{JobState, object_at, state_of},
        may_see, offer,
    },
    config::{
        AfterSetting, Api, JobSetting, LOCATION_LAST, LinkTo, Local, Sentence, SlotValue, claim_name,
        is_slot_value,
    },
    locale::LocaleFormatter,
    sanitize::{is_right_to_left, isolated, sanitize},
};

/// What is known of success before a request is sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Success {
    /// The message when it is done.
    pub said: String,
    /// Values for the link and the job, by their slots.
    pub values: BTreeMap<String, String>,
}

/// An answer that reports success, and for whom.
pub(super) struct Succeeded<'a> {
    pub actions: &'a Actions,
    pub signed_in: &'a SignedIn,
    pub place: &'a ActionPlace,
    pub api: &'a Api,
    pub reader: &'a LocaleFormatter,
    pub answer: &'a Answer,
    /// Values that the answer need not have, by their slots.
    pub values: &'a BTreeMap<String, String>,
}

impl Succeeded<'_> {
    /// The outcome of an action: done; or accepted, if the API says that it does the rest later. `from` are path and query of
    /// the request.
    pub(super) fn of_action(&self, said: String, from: &str) -> Outcome {
        let after = self.after();
        let setting = after.job.as_ref();
        let status = self.answer.response.status();
        if status == StatusCode::ACCEPTED {
            return self.accepted(said, after, from);
        }
        // Some APIs answer 200 or 201 with a job that has only begun, or has failed at once.
        let says_state = |setting: &&JobSetting| setting.done.is_some() || setting.failed.is_some();
        if let Some(setting) = setting.filter(says_state).filter(|_| status.is_success())
            && let Some(body) = self.answer.json()
            && object_at(setting.item.as_ref(), &body).is_some()
        {
            match state_of(setting, status, Some(&body), self.reader) {
                JobState::Failed => {
                    let why = self.answer.words();
                    let why = why.unwrap_or_else(|| t!(self.reader.language(), "act-refused").to_owned());
                    return Outcome::NotDone { why, fields: BTreeMap::new() };
                }
                JobState::Running if self.job_path(after, from).is_some() => {
                    return self.accepted(said, after, from);
                }
                JobState::Running | JobState::Done => {}
            }
        }
        self.done(said, after.item.as_ref())
    }

    /// It is done; the object that fills the link is at `item`.
    pub(super) fn done(&self, said: String, item: Option<&JsonPath>) -> Outcome {
        Outcome::Done { said, link: self.link(item), job: None }
    }

    /// The settings of what follows; none if the action no longer exists.
    fn after(&self) -> &AfterSetting {
        static NOTHING: AfterSetting = AfterSetting { to: None, open: None, item: None, job: None };
        offer::find(&self.actions.settings, self.place).map_or(&NOTHING, |found| &found.action.after)
    }

    fn accepted(&self, said: String, after: &AfterSetting, from: &str) -> Outcome {
        let path = self.job_path(after, from);
        if after.job.is_some() && path.is_none() {
            let ActionPlace { board, action, .. } = self.place;
            let reason =
                "the answer has neither the values for `get` nor a `Location` below the base of the API";
            tracing::warn!(event = "job cannot be followed", board, action, reason, "an accepted action");
        }
        let now = self.actions.clock.now();
        let every = after.job.as_ref().map_or(0, |job| job.every.as_secs().cast_signed());
        let next_at = self.answer.again_at(now).unwrap_or_default().max(now + every);
        // The last answer of the job may not repeat what this one says.
        let (mut values, body) = (self.values.clone(), self.answer.json());
        let object = body.as_ref().and_then(|body| object_at(after.item.as_ref(), body));
        for slot in after.slots_of_link() {
            let text = object.and_then(|object| slot_text(member(object, slot)));
            if let Some(text) = text.filter(|text| is_slot_value(text)) {
                values.entry(slot.to_owned()).or_insert(text);
            }
        }
        let job = AcceptedJob { path, since: now, next_at, checks: 0, values };
        Outcome::Done { said, link: None, job: Some(Box::new(job)) }
    }

    /// Path and query of the state of the job.
    fn job_path(&self, after: &AfterSetting, from: &str) -> Option<String> {
        match after.job.as_ref()?.path.as_ref() {
            Some(path) => {
                let body = self.answer.json();
                let object = body.as_ref().and_then(|body| object_at(after.item.as_ref(), body));
                path.fill(|slot| self.value(object, slot)).ok()
            }
            None => self.answer.location(self.api, from),
        }
    }

    fn link(&self, item: Option<&JsonPath>) -> Option<ResultLink> {
        let after = self.after();
        let to = after.to.as_ref()?;
        if to.page.as_ref().is_some_and(|page| !may_see(&self.actions.settings, self.signed_in, page)) {
            return None;
        }
        let body = self.answer.json();
        let object = body.as_ref().and_then(|body| object_at(item, body));
        let value = |slot: &str| self.value(object, slot);
        let Some(href) = to.href(&|slot| value(slot).map(SlotValue::Plain), &[]) else {
            self.log_gap(to, &value);
            return None;
        };
        let title = after.open.as_ref().and_then(|text| self.title(text, &value));
        let title = title.unwrap_or_else(|| t!(self.reader.language(), "act-open").to_owned());
        Some(ResultLink { title, href, is_outside: to.is_outside() })
    }

    /// The text of the link, if all its members have values.
    fn title(&self, text: &Local<Sentence>, value: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let text = text.of(self.reader.language());
        let plain = |slot: &str| value(slot).and_then(|value| sanitize(&value));
        if text.slots().any(|slot| plain(slot).is_none()) {
            return None;
        }
        let filled = text.fill(plain);
        Some(match is_right_to_left(&filled) {
            true => text.fill(|slot| plain(slot).map(|value| isolated(&value))),
            false => filled,
        })
    }

    /// Says once which value the link lacks.
    fn log_gap(&self, to: &LinkTo, value: &dyn Fn(&str) -> Option<String>) {
        let ActionPlace { board, action, panel, .. } = self.place;
        let slot =
            to.slots().find(|slot| value(slot).is_none()).unwrap_or("a value that no address can have");
        if self.actions.logged.is_new(
            board,
            &format!("{}/{action}", panel.as_deref().unwrap_or_default()),
            slot,
        ) {
            let status = self.answer.response.status().as_u16();
            tracing::warn!(
                event = "link without a value",
                board,
                panel,
                action,
                path = slot,
                status,
                "the API's answer to an action has nothing for `to`; the message has no link"
            );
        }
    }

    /// A value for a slot of the link or the job.
    fn value(&self, object: Option<&Object>, slot: &str) -> Option<String> {
        if claim_name(slot).is_some() {
            let found = self.actions.settings.claim_slots.find(slot)?;
            return found.single(&self.signed_in.record.claims).ok();
        }
        if slot == LOCATION_LAST
            && let Some(last) = self.answer.location_last(self.api)
        {
            return Some(last);
        }
        let of_answer = object.and_then(|object| slot_text(member(object, slot)));
        of_answer.or_else(|| self.values.get(slot).cloned())
    }
}
