//! The tones of usual words, for tags without settings.

use claimcheck_model::ValueTone;

/// The tone of a status word, in any case, with spaces, hyphens or underscores between its parts.
pub(super) fn usual(word: &str) -> Option<ValueTone> {
    if word.len() > 24 {
        return None;
    }
    let mut word = word.to_ascii_lowercase();
    if word.contains([' ', '-']) {
        word = word.replace([' ', '-'], "_");
    }
    Some(match word.as_str() {
        "accepted" | "active" | "approved" | "arrived" | "available" | "complete" | "completed"
        | "delivered" | "done" | "enabled" | "enough" | "fulfilled" | "healthy" | "in_stock" | "ok"
        | "online" | "paid" | "passed" | "published" | "received" | "resolved" | "settled" | "shipped"
        | "success" | "succeeded" | "successful" | "up" | "valid" | "verified" | "won" | "yes" => {
            ValueTone::Good
        }
        "announced" | "in_progress" | "new" | "open" | "packed" | "packing" | "processing" | "queued"
        | "running" | "scheduled" | "sent" | "trial" | "trialing" => ValueTone::Info,
        "at_risk" | "degraded" | "delayed" | "expiring" | "in_review" | "incomplete" | "low" | "on_hold"
        | "partial" | "partially_paid" | "paused" | "pending" | "requires_action" | "review" | "unpaid"
        | "waiting" | "warning" => ValueTone::Warn,
        "blocked" | "churned" | "critical" | "declined" | "disputed" | "down" | "error" | "expired"
        | "failed" | "failure" | "invalid" | "lost" | "offline" | "out" | "out_of_stock" | "overdue"
        | "past_due" | "refused" | "rejected" | "returned" | "uncollectible" => ValueTone::Bad,
        "archived" | "canceled" | "cancelled" | "closed" | "disabled" | "draft" | "ended" | "inactive"
        | "no" | "none" | "refunded" | "unknown" | "void" | "voided" => ValueTone::Quiet,
        _ => return None,
    })
}
