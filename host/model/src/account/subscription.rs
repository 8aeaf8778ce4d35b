//! What an account's service provider keeps about it: its plan, and what it may have.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::v1::{Fields, V1Error};

/// The fields by their documented names. They are for the service provider to set.
pub(super) const FIELDS: &[&str] =
    &["plan_type", "stripe_customer_id", "trial_end_date", "deactivated_reason", "device_to_call_ratio"];

/// Most devices for each call that an account may have.
const MAX_RATIO: u32 = 1_000;

/// How an account is paid for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlanType {
    /// On trial.
    #[default]
    Trial,
    /// Not at all.
    Free,
    /// It is.
    Paid,
}

/// A plan, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The plan.
    #[serde(default)]
    pub plan_type: PlanType,
    /// The account's id at Stripe.
    #[serde(default)]
    pub stripe_customer_id: Option<String>,
    /// When the trial ends.
    #[serde(default, with = "time::serde::rfc2822::option")]
    pub trial_end_date: Option<OffsetDateTime>,
    /// Why the account is not active.
    #[serde(default)]
    pub deactivated_reason: Option<String>,
    /// Devices that may register for each call that may be had at once.
    #[serde(default = "usual_ratio")]
    pub device_to_call_ratio: u32,
}

impl Default for Subscription {
    fn default() -> Self {
        Self {
            plan_type: PlanType::default(),
            stripe_customer_id: None,
            trial_end_date: None,
            deactivated_reason: None,
            device_to_call_ratio: usual_ratio(),
        }
    }
}

fn usual_ratio() -> u32 {
    5
}

impl Subscription {
    pub(super) fn apply(&mut self, fields: Fields<'_>) -> Result<(), V1Error> {
        if let Some(plan) = fields.named("plan_type", "trial, free, paid")? {
            self.plan_type = plan;
        }
        if fields.raw("stripe_customer_id").is_some() {
            self.stripe_customer_id = fields.text("stripe_customer_id", 56)?;
        }
        if fields.raw("trial_end_date").is_some() {
            self.trial_end_date = fields.date("trial_end_date")?;
        }
        if fields.raw("deactivated_reason").is_some() {
            self.deactivated_reason = fields.text("deactivated_reason", 255)?;
        }
        if let Some(ratio) = fields.whole("device_to_call_ratio", MAX_RATIO)? {
            self.device_to_call_ratio = ratio;
        }
        Ok(())
    }
}
