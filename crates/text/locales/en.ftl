### The texts of the pages in English, the reference: ids and arguments of every language are those of this file.

## General

language-name = English
row-count = { $count ->
    [one] { $count } row
   *[other] { $count } rows
}
duration-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
duration-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
duration-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
sign-in = Sign in
sign-in-again = Sign in again
sign-out = Sign out
try-again = Try again
home = Home
account = Account
cancel = Cancel
close = Close
back-to-board = Back to the board
reference = Reference { $id }
what-to-do = What to do

## Failures

failure-signed-out-title = You’re signed out
failure-signed-out = Your session has ended. Sign in to return to this page.
failure-not-same-origin-title = This request didn’t come from this site
failure-not-same-origin = The request was blocked for your security. Nothing was changed. Open the page on this site and try again.
failure-forbidden-title = You don’t have access to this
failure-forbidden = Ask an administrator for access.
failure-forbidden-scope = Ask an administrator for access, then sign out and back in.
failure-forbidden-scope-not-requested = Ask an administrator whether this API may require it.
failure-forbidden-token = If you were given access recently, sign out and back in. Otherwise, contact an administrator.
failure-forbidden-refresh-token = Access requires a refresh token, but your sign-in provider didn’t issue one. Contact an administrator.
failure-forbidden-still-refused = Signing in again won’t help. Contact an administrator.
failure-forbidden-role = Ask an administrator for access, then refresh your details on the Account page.
failure-forbidden-no-roles = Contact an administrator. Your sign-in provider must be set up to send your roles to this service.
failure-forbidden-too-many-groups = Contact an administrator. Your sign-in provider must send only the groups that this service needs, or roles in place of groups.
failure-step-up-title = Confirm it’s you
failure-step-up = Sign out, then sign in again in the required way.
failure-not-found-title = Not found
failure-not-found = There’s nothing at this address. It may have been moved or deleted, or the link may contain a typo.
failure-invalid-title = This request isn’t valid
failure-invalid = Nothing was changed. Start over from the home page.
failure-api-unavailable-title = The API isn’t responding
failure-api-unavailable = It may be down or slow, or it sent an unexpected response. You’re still signed in. Wait a moment, then try again.
failure-retries = This panel tries again automatically every few seconds.
failure-provider-unavailable-title = Your sign-in provider isn’t responding
failure-provider-unavailable = It may be down or slow. If you were signed in, you still are. Wait a moment, then try again.
failure-sign-in-expired-title = Your sign-in has expired
failure-sign-in-expired = Your sign-in provider no longer renews your access. Sign in again to return to this page.
failure-client-refused-title = This service has a problem with your sign-in provider
failure-client-refused = The provider doesn’t accept this service, so your access can’t be renewed. You’re still signed in. Contact an administrator.
failure-store-unavailable-title = Your session couldn’t be loaded
failure-store-unavailable = This service can’t look up your session right now. Nothing is lost. Wait a moment, then try again.
failure-busy-title = This service is busy
failure-busy = The service is overloaded, or the request took too long. Wait a moment, then try again.
failure-offline-title = This service can’t be reached
failure-offline = Check your connection. Until it’s back, the data you see may be out of date.
failure-internal-title = Something went wrong
failure-internal = The problem is on our side and has been logged. Trying again may help.
failure-if-again = If it happens again, contact an administrator and give the reference below.

## Ways to get access

access-request = Request access
access-request-advice = You can request access from your sign-in provider. You’ll come back to this page afterwards.
access-request-again = Request access again
access-request-again-advice = Ask an administrator for access first, then request it from your sign-in provider again.
access-confirm = Confirm
access-confirm-advice = You’ll go to your sign-in provider and come back to this page afterwards.

## Why access is denied

reason-scope = Your sign-in doesn’t include { $scope }.
reason-scope-not-requested = The API requires { $scope }, which this service does not request for it.
reason-scope-refused = Your sign-in provider didn’t grant { $scope }.
reason-role = This requires the role { $role }.
reason-roles = This requires one of the roles { $roles }.
reason-claim = This requires { $name } to be { $values }.
reason-claim-missing = This needs { $name } from your account, which your sign-in doesn’t include in a usable form.
reason-any-of = { $first } or { $last }
reason-said = The API says: { $quote }
reason-quote = “{ $text }”
reason-token = Your sign-in provider doesn’t grant access to { $api }.
reason-still-refused = The API still denies access after the sign-in it asked for.
reason-unsaid = The API denies access for your account.
reason-no-roles = Your sign-in provider sent no roles for your account.
reason-too-many-groups = You’re in too many groups for your sign-in provider to send them all, so it sent none.
reason-second-factor = The API requires a second factor.
reason-second-factor-recent = The API requires a second factor and a sign-in no more than { $time } ago.
reason-second-factor-fresh = The API requires a new sign-in with a second factor.
reason-stronger = The API requires a stronger sign-in.
reason-stronger-recent = The API requires a stronger sign-in no more than { $time } ago.
reason-stronger-fresh = The API requires a new, stronger sign-in.
reason-recent = The API requires a sign-in no more than { $time } ago.
reason-fresh = The API requires a new sign-in.

## Actions

act-locked-title = You don’t have permission to do this
act-now = { $title } now
act-again = { $title } again
act-draft-restored = Your draft has been restored.
act-draft-discard = Start over
act-not-done = Not completed.
act-unclear = We couldn’t confirm whether this went through.
act-unclear-advice = Check the board before you submit it again.
act-confirmed = You can do this now.
act-confirmed-advice = Nothing has been submitted yet. Review it and confirm.
act-optional = (optional)
act-choose = Select…
act-link-locked = no access
act-link-about-locked = { $about }, no access
act-more = More actions
act-more-about = More actions: { $about }
act-unfinished = You have an unfinished form.
act-continue = Continue
not-now = Not now

## Panels

board-reload = Reload all panels
panel-reload = Reload
panel-reload-titled = Reload { $title }
panel-as-of = as of { $time }
framed-title = { $brand } can’t be shown inside another page
framed-what = For your security, it is shown only in a tab or window by itself.
framed-open = Open in a new tab
zone-title = One moment
zone-what = You’re signed in. Your time zone is being read.
zone-continue = Continue
author-mistakes = { $count ->
    [one] The file with boards has a mistake. Until it is corrected, the boards are the earlier ones.
   *[other] The files with boards have { $count } mistakes. Until they are corrected, the boards are the earlier ones.
}
author-line = { $key }, line { $line } of { $file }
author-more = { $count ->
    [one] and one more, in the log
   *[other] and { $count } more, in the log
}
panel-unmatched-title = The data isn’t where this panel looks
panel-unmatched = The API answered, but its answer has nothing at the path of this panel.
panel-unmatched-path = { $setting }: { $path } matches nothing.
panel-unmatched-shape = { $setting }: { $path } leads to { $came }. The panel needs { $expected }.
panel-unmatched-there = { $setting }: { $path } matches nothing. What is there has: { $members }.
panel-gone-title = This panel no longer exists
panel-gone = The board has changed since this page was loaded.
panel-gone-reload = Reload the page
panel-still-loading = Still loading…
claims-as-of = As of { $time }
chips-none = None
stat-empty = No value
list-empty-title = No entries
list-empty = The API returned no entries.
list-more = and { $count } more

## Charts

chart-empty-title = No data
chart-empty = The API hasn’t returned any values yet.
chart-summary-line = { $count ->
    [one] { $title }: line chart with one point, { $first }.
   *[other] { $title }: line chart with { $count } points from { $first } to { $last }.
}
chart-summary-bar = { $count ->
    [one] { $title }: bar chart with one point, { $first }.
   *[other] { $title }: bar chart with { $count } points from { $first } to { $last }.
}
chart-read = { $title }: read values
chart-show-table = Show as table
chart-values = { $title }: values
chart-before = Preceding period
chart-target = Target: { $value }
chart-largest-series = Showing the { $shown } largest of { $total } series.
chart-only = Double-click or Enter: show only this series
chart-choose-days = Shift and the arrow keys select days, and Enter shows only these.
chart-bars = Bars
share-percent = Share
share-total = Total
share-rest = { $count ->
    [one] { $count } other
   *[other] { $count } others
}
share-not-drawn = { $count ->
    [one] { $count } value is not drawn: it is negative, not a number, or in another currency.
   *[other] { $count } values are not drawn: they are negative, not numbers, or in other currencies.
}
meter-of = of { $target }
meter-of-percent = of { $target } · { $percent }
meter-reached = Target reached
meter-over = Over the limit
facts-empty-title = No data
facts-empty = The API returned no object for this panel.
timeline-empty-title = No events
timeline-empty = The API returned no events.
timeline-more = and { $count } earlier
timeline-no-day = Without a date
link-outside = (opens in a new tab)
panel-hint = About { $title }

## Tables

table-found = { $count ->
    [one] { $count } row found
   *[other] { $count } rows found
}
table-rows = { $title }: rows
table-pages = { $title }: pages
table-previous = Previous
table-next = Next
table-actions = Actions
table-filter = Filter
table-filter-hint = Filter these rows
table-filter-titled = Filter: { $title }
table-search = Search
table-search-hint = Search all rows
table-search-titled = Search: { $title }
table-empty-title = No rows
table-empty = The API returned no rows.
table-empty-page = There are no rows on this page. Go back to the previous page.
table-no-match-title = No row contains “{ $text }”
table-no-match = The filter hides all rows.
table-no-match-search = All rows were searched. Try fewer letters or a different word.
table-export = Export
table-csv = CSV
table-csv-all = CSV, all rows
csv-cut = This file is not complete: it ends after { $rows } rows, the limit of this table.
file-wrong-type-title = This file can’t be downloaded
file-wrong-type = The API sent another kind of file than this link allows.
file-wrong-type-advice = Tell an administrator, and give the reference below.
file-too-large-title = This file is too large
file-too-large = The file is larger than this link allows.
file-too-large-advice = Ask an administrator for it, and give the reference below.
file-missing-title = This file wasn’t found
file-missing = The API has no such file. It may have been moved or deleted, or its row has changed.
file-missing-advice = Go back to the board and reload it. If the file should be there, tell an administrator, and give the reference below.
file-busy-advice = Too many downloads are running. Wait until one of yours has finished, then try again.
file-preparing-title = The file is being prepared
file-preparing = The API needs time for it. This page asks again, and the download begins when the file is ready.
file-preparing-advice = Wait here, or go back and follow the link again later. Nothing is started twice.
file-preparing-again = Check now
file-unfinished-title = The file isn’t ready
file-unfinished = The API didn’t finish in time.
file-unfinished-advice = Try again later. The API continues its work, and nothing is started twice.
file-not-prepared-title = The file couldn’t be prepared
file-not-prepared = The API couldn’t prepare this file.
file-not-prepared-advice = Try again in a minute. If it fails again, tell an administrator, and give the reference below.
file-back = Back to the board
table-sum = { $count ->
    [one] Total of { $rows } row
   *[other] Total of { $rows } rows
}
table-sum-of-page = { $count ->
    [one] Total of { $rows } row on this page
   *[other] Total of { $rows } rows on this page
}
table-sum-of-all = { $count ->
    [one] Total of { $rows } row on all pages
   *[other] Total of all { $rows } rows
}
table-sum-of-first = { $count ->
    [one] Total of the first row
   *[other] Total of the first { $rows } rows
}
table-covers = { $count ->
    [one] Filters, search, order and totals cover the first row only. There are more.
   *[other] Filters, search, order and totals cover the first { $rows } rows only. There are more.
}
table-covers-of = Filters, search, order and totals cover the first { $rows } of { $total } rows only.
table-sum-currencies = several currencies
table-page-only = The filter and the sorting apply to this page only.
table-page-only-filter = The filter applies to this page only.
table-page-only-order = The sorting applies to this page only.
table-clear = Clear filter

## Period

period = Period
period-from = From
period-to = To
period-show = Show

## The end of a session

session-label = Your session
session-status-label = Sign-in status
session-idle = You’ll be signed out in { $time } due to inactivity.
session-stay = Stay signed in
session-absolute = Your session ends at { $time }, even if you stay active. Sign in again to continue after that.
session-kept = What you typed is still here. Sign in again in a new tab, and your data will reappear.
session-sign-in-new-tab = Sign in again in a new tab
session-ended-signed-out = You signed out in another window.
session-ended-elsewhere = You ended this session from another browser or device.
session-ended-provider = Your sign-in provider signed you out.
session-ended-operator = An administrator ended your session.
session-ended-refused = Your sign-in provider stopped renewing your access.
session-ended-replaced = This session ended because someone signed in again in this browser.
session-ended-not-allowed = Your account isn’t allowed to use this service any more.
session-ended-too-many = This session ended because you have too many sessions, and it was unused for longest.
session-ended-idle = Your session ended because you were inactive for { $time }.
session-ended-absolute = Your session reached its maximum length.
session-ended = Your session has ended.
session-unreachable = This service can’t be reached, and your session may be over. What you typed is still here. Your data will reappear once the service confirms that you’re signed in.

## Pages outside the boards

problem-label = Problem
problem-provider-said = Message from your sign-in provider
expired-form-label = Not submitted
expired-form-title = Your session has ended
expired-form-what = Your form wasn’t submitted. Everything you entered is still here.
expired-form-advice = Sign in again in a new tab. Then come back to this tab and submit the form.
expired-form-submit = I’ve signed in, submit now
too-many-forms-title = Too many forms in a short time
too-many-forms-advice = Wait { $wait }, then submit the form again.
too-many-forms-submit = Submit again
sign-out-page-title = Signed out
sign-out-page-heading = You’re signed out here
sign-out-page-what = Now you’re being signed out at your sign-in provider, too.
sign-out-page-advice = You’ll be taken there automatically. If nothing happens, select Continue.
sign-out-page-stuck = If an error appears there, close that page: you’re already signed out here.
sign-out-page-home = Home
sign-out-page-here = Your session in this browser has ended.
sign-out-page-sessions = To end your other sessions, sign in and choose them from the list.
sign-out-page-here-advice = You’ll be taken on automatically. If nothing happens, select Continue.
sign-out-page-continue = Continue

## The account page

account-signed-in-as = Signed in as
account-roles = Roles
account-scopes = Granted permissions
account-scopes-at = Granted permissions for { $api }
account-all-sessions = All your sessions
account-refresh = Refresh my details
account-refreshing = Refreshing your details…
account-refreshed = Your details are up to date.
account-not-refreshed = Your sign-in provider didn’t return newer details. The time shown is when they were last updated.

## The sessions page

sessions-title = Sessions
session-this = This session
session-signed-in = Signed in on { $time }
session-signed-in-with = Signed in on { $time } with { $methods }
session-last-active = Last active on { $time }
sessions-others = Other sessions
sessions-others-none = This is your only session.
sessions-others-count = { $count ->
    [one] { $count } other session
   *[other] { $count } other sessions
}
sessions-others-more = { $count ->
    [one] One more session isn’t listed. It also ends when you end all other sessions.
   *[other] { $count } more sessions aren’t listed. They also end when you end all other sessions.
}
sessions-end = End
sessions-end-label = End session: { $device }, signed in on { $time }
sessions-end-others = End all other sessions
sessions-history = Session activity
sessions-history-none = No activity yet.
sessions-ended = Recently ended
sessions-ended-one = { $device } was signed out.
sessions-ended-others = { $count ->
    [0] You had no other sessions.
    [one] Your other session was ended.
   *[other] Your { $count } other sessions were ended.
}
sign-out-what = Ends this session and your session at the sign-in provider. The next person to use this browser has to sign in.
sign-out-here = Sign out here only
sign-out-here-what = Ends only this session. In this browser, you stay signed in at your sign-in provider.
sign-out-everywhere = Sign out everywhere
sign-out-everywhere-what = Ends all your sessions here and, in this browser, your session at the sign-in provider.

## Boards, rows and actions

board-no-access = No access
board-period-invalid = That date range isn’t valid. The default is shown; you can choose another one above.
row-before = Previous row
row-after = Next row
row-as-page = Open as page
row-title = Row
action-title = Action

## Other pages

sign-in-title = Sign-in
not-found-advice = Start again from the home page. If you followed a link, tell the person who shared it that it doesn’t work.
open-address = Open { $address }
front-channel-signed-out = If you’ve been signed out at your sign-in provider, you’re now signed out here, too.

## Messages after submitting a form

form-target-gone = This item no longer exists. Nothing was changed.
form-half-done = This couldn’t be completed. Part of it may already be done. Check what’s left, wait a moment, then try again.
form-failed = This couldn’t be completed. Nothing was changed. Wait a moment, then try again.
act-opened-by-another = This form was opened by someone else who was signed in on this browser. Nothing was changed.

## What scripts show

island-offline = You’re offline
island-retrying = { $failure }. Retrying…
island-failed = { $failure }. Try again.
act-checking = The connection was lost. Checking the result…
act-repeatable = You can safely try again: nothing is done twice.
act-signed-out = This wasn’t submitted because you were signed out. What you typed has been kept.
act-failed = { $failure }. Go back to the board and check the result.
session-continues = You’re signed in.
signed-out-title = Signed out

## Account

claim-name = Name
claim-given-name = First name
claim-family-name = Last name
claim-nickname = Nickname
claim-preferred-username = Username
claim-email = Email address
claim-email-verified = Email address verified
claim-phone-number = Phone number
claim-phone-number-verified = Phone number verified
claim-birthdate = Date of birth
claim-gender = Gender
claim-locale = Language
claim-zoneinfo = Time zone
claim-website = Website
claim-updated-at = Profile last updated
claim-group-profile = Profile
claim-group-more = Additional details
claim-group-identity = Identity
claim-issuer = Sign-in provider
claim-subject = User ID
tone-good = good
tone-info = information
tone-warn = warning
tone-bad = critical
tone-quiet = inactive
value-yes = Yes
value-no = No
value-today = today
value-now = just now
value-ago = { $unit ->
    [minute] { $count ->
        [one] { $number } minute ago
       *[other] { $number } minutes ago
    }
    [hour] { $count ->
        [one] { $number } hour ago
       *[other] { $number } hours ago
    }
    [day] { $count ->
        [one] { $number } day ago
       *[other] { $number } days ago
    }
    [month] { $count ->
        [one] { $number } month ago
       *[other] { $number } months ago
    }
   *[year] { $count ->
        [one] { $number } year ago
       *[other] { $number } years ago
    }
}
value-ahead = { $unit ->
    [minute] { $count ->
        [one] in { $number } minute
       *[other] in { $number } minutes
    }
    [hour] { $count ->
        [one] in { $number } hour
       *[other] in { $number } hours
    }
    [day] { $count ->
        [one] in { $number } day
       *[other] in { $number } days
    }
    [month] { $count ->
        [one] in { $number } month
       *[other] in { $number } months
    }
   *[year] { $count ->
        [one] in { $number } year
       *[other] in { $number } years
    }
}
value-minor-units = { $currency }, smallest units
profile-missing = Your sign-in provider didn’t return your profile. Some details may be missing.
fact-signed-in-since = Signed in since
fact-identity-confirmed = Identity last confirmed
fact-sign-in-method = Sign-in method
fact-access-until = { $api } access valid until
fact-access-until-unknown = not stated
fact-access = { $api } access
fact-access-on-demand = requested when first needed
fact-access-unavailable = not available: your sign-in provider didn’t issue a refresh token
fact-renewal = API access renewal
fact-renewal-automatic = automatic
fact-renewal-by-sign-in = only when you sign in again: your sign-in provider didn’t issue a refresh token
fact-idle-timeout = Ends after inactivity of
fact-ends-at-latest = Ends at the latest
auth-method-password = password
auth-method-code = one-time code
auth-method-mfa = multi-factor authentication
auth-method-key = security key
auth-method-biometrics = biometrics
auth-method-sms = text message

## Sessions and their history

device-on-system = { $browser } on { $system }
device-unknown = Unknown browser
session-end-signed-out = You signed out
session-end-elsewhere = You ended it from another session
session-end-provider = Your sign-in provider signed you out
session-end-operator = An administrator ended it
session-end-refused = Your sign-in provider stopped renewing it
session-end-replaced = Someone signed in again in that browser
session-end-not-allowed = Your account is no longer allowed here
session-end-too-many = You had too many sessions, and this one was unused for longest
history-signed-in = Signed in
history-signed-in-with = Signed in with { $how }
history-signed-in-again = Signed in again
history-signed-in-again-with = Signed in again with { $how }
history-renewed = { $count ->
    [one] API access renewed
   *[other] API access renewed { $count } times
}
history-not-renewed = API access couldn’t be renewed: your sign-in provider didn’t respond
history-changed = Your details changed at your sign-in provider. { $changes }
history-ended-others = { $count ->
    [one] You ended another session
   *[other] You ended { $count } other sessions
}
change-items = { $claim }: { $added } added; { $removed } removed
change-items-added = { $claim }: { $added } added
change-items-removed = { $claim }: { $removed } removed
change-new = { $claim }: added
change-other = { $claim }: changed
change-gone = { $claim }: removed

## The user’s own activity

activity-title = Recent activity
activity-about = The latest 50 events of the last 30 days, on all your devices. If you don’t recognize one, end your other sessions and change your password at your sign-in provider.
activity-none = Nothing yet. Sign-ins, actions and downloads will be listed here for 30 days.
activity-unavailable = Your activity can’t be loaded at the moment.
activity-more = { $count ->
    [one] Show 1 older event
   *[other] Show { $count } older events
}
activity-unusual = Please check
activity-sign-in-refused = Sign-in refused
activity-stepped-up = Confirmed your identity
activity-stepped-up-with = Confirmed your identity with { $how }
activity-step-up-refused = Confirmation of your identity refused
activity-signed-out = Signed out
activity-ended = { $count ->
    [one] Session ended
   *[other] { $count } sessions ended
}
activity-doctor = Check by the operator with your account
activity-downloaded = Downloaded: { $panel }
activity-rows = { $count ->
    [one] 1 row
   *[other] { $count } rows
}
activity-outcome-done = Done
activity-outcome-refused = Refused
activity-outcome-failed = Failed
activity-outcome-accepted = Accepted, to be done later
activity-outcome-unclear = Unclear: it may have been done
activity-refused-not-allowed = Your account isn’t allowed here
activity-refused-too-weak = The sign-in wasn’t as strong or as recent as required
activity-refused-somebody-else = It was with another account
activity-refused-logged-out = Your sign-in provider had signed you out
activity-end-elsewhere = From another session
activity-end-operator = By an administrator
activity-end-refused = Your sign-in provider stopped renewing your access
activity-end-too-many = You had too many sessions
activity-end-idle = Not used for too long
activity-end-absolute = It reached its maximum length

## Panels

period-days = { $count ->
    [1] Today
   *[other] { $count } days
}
period-weeks = { $count ->
    [one] { $count } week
   *[other] { $count } weeks
}
period-months = { $count ->
    [one] { $count } month
   *[other] { $count } months
}
period-this-month = This month
period-this-year = This year
period-next-days = { $count ->
    [1] Today
   *[other] Next { $count } days
}
period-next-weeks = { $count ->
    [one] One week from today
   *[other] Next { $count } weeks
}
period-next-months = { $count ->
    [one] One month from today
   *[other] Next { $count } months
}
period-yesterday = Yesterday
period-tomorrow = Tomorrow
period-last-week = Last week
period-next-week = Next week
period-last-month = Last month
period-next-month = Next month
period-last-quarter = Last quarter
period-next-quarter = Next quarter
period-last-year = Last year
period-next-year = Next year
stat-same = no change
stat-same-from = { $period ->
    [day] from the previous day
    [days] from the previous { $count } days
    [month] from the previous month
    [months] from the previous { $count } months
   *[none] from before
}
stat-more = { $period ->
    [day] more than the previous day
    [days] more than the previous { $count } days
    [month] more than the previous month
    [months] more than the previous { $count } months
   *[none] more than before
}
stat-less = { $period ->
    [day] less than the previous day
    [days] less than the previous { $count } days
    [month] less than the previous month
    [months] less than the previous { $count } months
   *[none] less than before
}
stat-was = was { $value }
stat-was-in = { $period ->
    [day] on the previous day
    [days] in the previous { $count } days
    [month] in the previous month
   *[months] in the previous { $count } months
}
table-count = { $count ->
    [one] { $rows } row
   *[other] { $rows } rows
}
table-count-of = { $rows } of { $total } rows
table-span = Rows { $span }
table-span-of = { $count ->
    [one] { $span } of { $total } row
   *[other] { $span } of { $total } rows
}
table-pages-cut = { $count }. There are more, but the API’s link to the next page can’t be used.
column-key = Key
column-value = Value
column-position = Column { $position }
row-part-cut = { $title } (first { $shown } of { $total })
chart-summary = { $title }: lowest { $lowest } ({ $lowest-at }), highest { $highest } ({ $highest-at }), last { $last } ({ $last-at }).
chart-right-axis = { $title } (right axis)
chart-summary-empty = { $title }: no values.
chart-first-points = Showing the first { $shown } of { $total } points.
chart-last-points = Showing the last { $shown } of { $total } points.
chart-unit-million = M
chart-unit-billion = bn
chart-unit-trillion = tn

## Results of actions

act-deleted = Deleted.
act-delete = Delete
act-done = { $action }: done.
act-accepted = { $action }: accepted. The API is still working on this.
act-job-late = { $action }: accepted. The API is still working on this, longer than expected.
act-job-check = Check now
act-open = Open
act-job-failed = { $action }: failed.
act-job-failed-said = { $action }: failed. { $message }
act-job-lost = { $action }: accepted, but the API no longer knows the job. Check the result before you submit the form again.
act-job-denied = { $action }: accepted, but the API doesn’t let you see the job. Check the result before you submit the form again.
act-job-refused-said = { $action }: accepted, but the API doesn’t say whether it is done. It says: { $message }
act-perhaps-not-done = { $action }: may not have been completed.
act-perhaps-not-done-of-row = { $action } { $row }: may not have been completed.
act-doubtful = { $why } Your earlier submission may still have gone through.
act-done-before-change = An earlier version of this form was submitted and carried out. Your latest changes were not sent.
act-accepted-before-change = An earlier version of this form was submitted, and the API has accepted it. Your latest changes were not sent.
act-gone = This item no longer exists.
act-changed = This form has changed since you opened it. Nothing was sent. Check it, then submit it.
act-changed-unclear = { $why } This form has changed since then.
act-no-longer-title = This action no longer exists
act-no-longer = Nothing was sent.
act-no-longer-advice = Go on from the board as it is now. Copy what you still need first.
act-no-longer-unclear = Nothing was sent now. Your earlier submission may still have gone through. Check the result.
act-not-offered = This action is no longer available for this item. Nothing was sent.
act-row-changed = This item changed after you opened the form. Nothing was sent. Check it, then submit the form again.
act-conflict = Somebody else has changed this meanwhile. Your change was not made. Check it as it is now, then submit the form again.
act-conflict-said = Somebody else has changed this meanwhile. Your change was not made. The API says: { $message } Check it as it is now, then submit the form again.
act-version-required = The API accepts this change only together with the version that it changes, and this action doesn’t send one. Nothing was changed. Contact an administrator.
act-no-version = The API doesn’t say which version this is, so a change could overwrite someone else’s. Nothing was sent. Contact an administrator.
act-fields-invalid = Some fields aren’t valid. Correct them, then try again.
act-not-set-up = This action isn’t set up correctly. Nothing was sent.
act-not-sent-access = You don’t have access to this. Nothing was sent.
act-not-sent-step-up = This requires you to confirm your identity. Nothing was sent.
act-not-sent-api = The API isn’t responding. Nothing was sent.
act-not-sent-provider = Your sign-in provider isn’t responding. Nothing was sent.
act-not-sent-sign-in-expired = Your sign-in has expired. Nothing was sent. Sign in again, then submit the form once more.
act-not-sent-client-refused = This service has a problem with your sign-in provider. Nothing was sent. Contact an administrator.
act-not-sent-busy = This service is busy. Nothing was sent. Try again in a moment.
act-not-sent = Something went wrong. Nothing was sent.
act-not-sent-later = The API isn’t taking requests right now. Nothing was sent. Try again at { $time }, in { $wait }.
act-too-many = You’ve submitted many forms in a short time. This one wasn’t sent. Try again in { $wait }.
act-refused = The API rejected the request.
act-unreachable = The API can’t be reached. Nothing was sent.
act-access-denied = The API denied access. Nothing was changed.
act-api-later = The API is limiting requests. Nothing was changed. Try again at { $time }, in { $wait }.
act-timeout = The API didn’t respond in time.
act-connection-lost = The connection to the API was lost before it responded.
act-api-unavailable = The API is temporarily unavailable.
act-web-page = The response was a web page, not the API’s answer.
act-api-received-late = The API timed out while receiving the request.
act-api-failed = The API failed while processing the request.
act-api-failed-said = The API failed while processing the request. It says: { $message }
act-takes-long = This is taking longer than usual and is still running.
act-sent-before = This was already sent. The result isn’t known.
field-tick = Tick this to continue.
field-required = This field is required.
field-whole-number = Enter a whole number.
field-number = Enter a number without thousands separators, such as 1250.50.
field-number-ambiguous = This number can be read in two ways. Enter { $whole } or { $fraction }.
field-whole-number-ambiguous = This number can be read in two ways. Enter { $whole }, without a separator.
field-date = Enter a date, such as 2026-09-30.
field-choice = Choose one of the options.
field-choices-failed = The choices couldn’t be loaded. Try again.
field-now = Now: { $value }
field-bad-character = This contains a character that isn’t allowed.
field-too-long = This is { $length } characters long. The maximum is { $max }.
field-between = Enter a number from { $min } to { $max }.
field-min = Enter { $min } or more.
field-max = Enter { $max } or less.

## Problems at sign-in

sign-in-problem-back = Go back
sign-in-problem-wait = Wait a moment, then try again.
sign-in-problem-wait-and-return = Wait a moment, then try again. You’ll return to the page you wanted.
sign-in-problem-contact = Contact an administrator and give the reference below.
sign-in-problem-again-or-contact = Try again. If it happens again, contact an administrator and give the reference below.
sign-in-problem-not-set-up-title = Sign-in isn’t set up correctly
sign-in-problem-unavailable-title = Sign-in isn’t available right now
sign-in-problem-incomplete-title = Sign-in wasn’t completed
sign-in-problem-nothing-changed-title = Nothing was changed
sign-in-problem-nothing-changed = The sign-in was cancelled, or the requested access wasn’t granted.
sign-in-problem-nothing-changed-advice = You’re still signed in. Go back or try again.
sign-in-problem-other-account-title = You signed in with a different account
sign-in-problem-other-account = The account you chose at your sign-in provider isn’t the one this sign-in was started for. Nothing was changed.
sign-in-problem-other-account-advice = Try again and choose the account you started with.
sign-in-problem-other-account-here = The account you chose at your sign-in provider isn’t the one that’s signed in here. Nothing was changed.
sign-in-problem-other-account-here-advice = You’re still signed in here. Go back, or try again and choose the right account. To use the other account, sign out here first.
sign-in-problem-too-weak-title = A stronger sign-in is required
sign-in-problem-too-weak = Your sign-in provider didn’t confirm your identity as strongly or as recently as required. Nothing was changed.
sign-in-problem-too-weak-advice = Try again and complete every step your sign-in provider offers. If there are no further steps, contact an administrator and give the reference below.
sign-in-problem-too-weak-here-advice = You’re still signed in. Try again and complete every step your sign-in provider offers. If there are no further steps, contact an administrator and give the reference below.
sign-in-problem-other = Use another account
sign-in-problem-not-allowed-title = You have no access with this account
sign-in-problem-not-allowed = Your sign-in worked, but this account isn’t allowed to use this service.
sign-in-problem-not-allowed-advice = Use another account, such as that of your organization. If it should be this one, ask an administrator for access and give the reference below.
sign-in-problem-foreign-issuer = It’s for a sign-in provider that this service doesn’t use.
sign-in-problem-ended-title = You’re not signed in
sign-in-problem-cancelled-title = You didn’t sign in
sign-in-problem-cancelled = The sign-in was cancelled, or access wasn’t granted.
sign-in-problem-cancelled-advice = Nothing was changed, and you can sign in again at any time. If you didn’t cancel, ask an administrator whether you have access.
sign-in-problem-ended = Your sign-in provider ended the sign-in.
sign-in-problem-ended-advice = Try again. If it happens again, contact an administrator.
sign-in-problem-provider-title = There’s a problem at your sign-in provider
sign-in-problem-provider = It couldn’t complete the sign-in.
sign-in-problem-request-refused = Your sign-in provider rejected the request from this service.
sign-in-problem-too-many-title = Too many sign-ins
sign-in-problem-too-many = There were too many sign-ins from your network address in the last minute. Other people may share this address.
sign-in-problem-signed-out-title = You were just signed out
sign-in-problem-signed-out = Your sign-in provider ended this sign-in before it was complete.
sign-in-problem-signed-out-advice = Sign in again to continue. You’ll return to the page you wanted.
sign-in-problem-you-signed-out-title = You signed out
sign-in-problem-you-signed-out = You ended this session while this sign-in was in progress, so you were not signed in again.
sign-in-problem-lost-title = This sign-in is no longer valid
sign-in-problem-lost = It took too long, was started in another browser, or cookies are blocked.
sign-in-problem-lost-advice = Allow cookies for this site, then try again.
sign-in-problem-link-title = This sign-in link is no longer valid
sign-in-problem-link = It doesn’t match a sign-in in progress in this browser.
sign-in-problem-link-advice = Start over with a new sign-in.
sign-in-problem-provider-unavailable = Your sign-in provider isn’t responding.
sign-in-problem-misconfigured = This service isn’t configured correctly for your sign-in provider.
sign-in-problem-algorithms = Your sign-in provider uses a signature algorithm that this service doesn’t accept.
sign-in-problem-algorithms-advice = Contact an administrator and give the reference below. The setting to check is id_token_algs.
sign-in-problem-code-refused = Your sign-in provider rejected the last step.
sign-in-problem-code-refused-advice = Try again. You’ll return to the page you wanted.
sign-in-problem-id-token = The information from your sign-in provider couldn’t be verified.
sign-in-problem-store = Your session can’t be saved at the moment.
sign-in-problem-internal-title = Something went wrong
sign-in-problem-internal = The problem is with this service, not with you.
replace-session-title = Replace your session?
replace-session-what = You’re signed in as { $name }. This link may be for another account or organization.
replace-session-advice = If you continue, you sign in again, and your current session can end. Unsent changes are lost.
replace-session-go-on = Continue and sign in
replace-session-stay = Stay signed in

## `claimcheck doctor --sign-in`

doctor-title = Let the operator check this installation?
doctor-what = You’re signed in as { $name }. The operator has started a check. It reads these panels with your account:
doctor-reads = It only reads. The operator sees counts, types and times, and none of your data. Then this session ends.
doctor-compare = Compare the code
doctor-compare-advice = Continue only if the command shows the same code.
doctor-go = Read the panels
doctor-cancel = Cancel
doctor-running-title = The check is running
doctor-running-what = The server reads the panels. The result appears where the command was started.
doctor-running-advice = You can close this window. This session ends with the check.
doctor-cancelled-title = Check cancelled
doctor-cancelled-what = Nothing was read, and this session has ended.
doctor-cancelled-begun = The check has ended, and this session too. Some panels may have been read already.
doctor-cancelled-advice = You can close this window.
doctor-has-session-title = You’re already signed in in this browser
doctor-has-session-what = The check needs its own sign-in. It neither uses nor ends your session.
doctor-has-session-advice = Open the link in a private window.
doctor-over-title = This check is over
doctor-over-what = Its link has expired or was used before, or the check has ended.
doctor-over-advice = The result is where the command was started. Run the command again for another check.

## Refused requests

refusal-start-over = Start again from the home page.
refusal-method = This address doesn’t accept this kind of request.
refusal-slow = The request took too long to arrive. Nothing was changed.
refusal-slow-advice = Check your connection, then try again.
refusal-too-large = The request is too large. Nothing was changed.
refusal-too-large-advice = Go back and send less.
refusal-long-address = The address is too long.
refusal-format = The request has a format that this service doesn’t accept. Nothing was changed.
refusal-format-advice = Open the page again and repeat what you did.
refusal-host = This service isn’t available under the name in the address.
refusal-host-advice = Open it under its own name. If that’s the name you used, contact an administrator and give the reference below.
refusal-large-head = Your browser sent more data than this service accepts, most likely too many cookies.
refusal-large-head-advice = Delete this site’s cookies in your browser, then try again.

## Every page

skip-to-content = Skip to content
page-title = { $title } · { $brand }
page-description = { $brand }: boards with live data, for people with an account
boards-nav = Boards
board-locked = { $title }, no access
nav-narrow = Icons only
nav-widen = Icons and titles
find-label = Find boards and actions
find-hint = Find
find-none = No board or action matches “{ $text }”
find-all = Show all boards
boards-title = Boards
boards-actions = Actions
menu-sessions = Sessions
choose-language = Language
choose-scheme = Appearance
scheme-system = System
scheme-light = Light
scheme-dark = Dark
choose-density = Height of rows
density-compact = Compact
density-comfortable = Comfortable
choose-shortcuts = Keyboard shortcuts
shortcuts-on = Shortcuts on
shortcuts-off = Shortcuts off
footer-promise = Your access tokens stay on the server. Your browser holds only a session cookie.

## Home

home-title = Home
home-heading = Live boards on your API
home-lead = Sign in with your own provider. The server keeps your tokens, and your browser carries one opaque cookie.
home-how-it-works = How it works
home-step-1 = Sign in
home-step-1-title = With the account you already have
home-step-1-text = Your provider checks who you are. Claimcheck never sees your password.
home-step-2 = Store
home-step-2-title = Your tokens stay on the server
home-step-2-text = They’re encrypted at rest, refreshed when needed and never sent to the browser.
home-step-3 = View
home-step-3-title = See what you have access to
home-step-3-text = Every board calls the API as you, so you see exactly the data you’re allowed to see.
home-kept = Kept by the server
home-held = Held
home-carried = Carried by your browser
home-cookie = One cookie. It holds a random number, not a token, and no script can read it.
home-own-text = Sign in to see your boards.
home-signed-out = You’re signed out.
home-signed-out-here = You’re signed out here. Your sign-in provider may still remember you and sign you in without asking.
home-ended = Your session has ended. Sign in again to continue.
token-access = Access token
token-refresh = Refresh token
token-id = ID token
get-help = Get help

## Answers of an API that cannot be shown

answer-title = The API’s answer can’t be shown
answer-advice = Tell an administrator the reference below. The log has the cause.
answer-not-json = The API’s answer isn’t JSON.
answer-not-json-type = The API’s answer isn’t JSON. Its type is { $kind }.
answer-not-json-at = The API’s answer isn’t JSON from byte { $at } on.
answer-shape = This panel expects { $expected }, but the API returned { $came }.
answer-said-title = The API reports an error
answer-said = The API says: “{ $words }”
answer-said-nothing = The API returned an error in place of data.
outage-api = The API
outage-down = { $api } hasn’t been reachable since { $since }. The next attempt is at { $time }.
outage-timeout = { $api } hasn’t answered since { $since }. The next attempt is at { $time }.
outage-failing = { $api } has answered with errors since { $since }. The next attempt is at { $time }.
outage-later = { $api } is limiting requests. The next attempt is at { $time }.
outage-unavailable = { $api } is unavailable at the moment. The next attempt is at { $time }.
outage-try-now = Try now
outage-panel = No data yet. The notice above the panels says why.
outage-mark = Not up to date
answer-wait-advice = You’re still signed in. Wait a moment, then try again.
answer-unreachable = It can’t be reached.
answer-timeout = It didn’t answer in time.
answer-broken-off = The connection ended before its answer was complete.
answer-redirects = The API redirects to another address, which this service doesn’t follow.
answer-status = It answered with status { $status }.
answer-unauthorized-title = The API doesn’t accept your sign-in
answer-unauthorized-advice = Sign out and back in. If it happens again, tell an administrator the reference below.
answer-missing-title = The API has nothing at this address
answer-refused-title = The API doesn’t accept this request
answer-later-title = The API is limiting requests
answer-unavailable-title = The API is unavailable at the moment
answer-later = The next attempt is at { $time }.
answer-later-advice = Wait until then. You’re still signed in.
answer-busy-title = The API is slow
answer-busy = Too many requests to it are waiting.
answer-busy-advice = Wait a moment, then try again. You’re still signed in.
answer-memory-title = The API’s answer is too large for now
answer-memory = The answers of APIs take all the memory that this service sets aside for them.
answer-memory-advice = Wait a moment, then try again. If this happens often, tell an administrator the reference below.
answer-later-kept = The API isn’t taking requests right now. The next attempt is at { $time }.
answer-preparing-title = The API is preparing this
answer-preparing = It needs time for its answer. The panel asks again.
answer-preparing-advice = You can do something else meanwhile. Nothing is started twice.
answer-preparing-again = Check now
answer-unfinished-title = The API hasn’t finished
answer-unfinished = It has been preparing its answer since { $time }.
answer-unfinished-advice = Try again later. The API continues its work, and nothing is started twice.
answer-not-prepared-title = The API couldn’t prepare this
answer-not-prepared = The next attempt is possible at { $time }.
answer-not-prepared-advice = Try again then. If it fails again, tell an administrator the reference below.
shape-objects = objects
shape-lists = lists
shape-texts = texts
shape-numbers = numbers
shape-booleans = true or false
shape-mixed = values of several kinds
shape-columns = one list per column, all of the same length
shape-entries = an object with one member per row
shape-object = an object
shape-list = a list
shape-text = a text
shape-number = a number
shape-boolean = true or false
shape-nothing = nothing

inspect = Inspect
inspect-title = Inspect: { $title }
inspect-filled = The panel has data from this answer.
inspect-empty = The panel is empty: the path { $path } finds nothing to show in this answer. Compare it with the answer below.
inspect-not-sent = No request was sent.
inspect-unsent = The panel sent no request in the last minute. Send it to see the answer.
inspect-send = Send the request
inspect-send-again = Send the request again
inspect-sent = Request
inspect-sent-before = Request for the preceding period
inspect-came = Response
inspect-answer = Body of the response
inspect-answer-cut = Body of the response, shortened
inspect-body = Body of the request
inspect-findings = What each path finds
inspect-api = API
inspect-request = Request
inspect-token = Access token
inspect-token-none = None: this API takes no access token.
inspect-token-missing = None was available, so nothing was sent.
inspect-token-sent = The token for this API was sent.
inspect-token-renewed = The token for this API was refreshed for this request, and sent.
inspect-token-until = It expires in { $secs } seconds.
inspect-token-unknown = Its expiry time isn’t known, or it was replaced since.
inspect-status = Status
inspect-fault = Failure
inspect-at = Sent at
inspect-waited = Time until the response began
inspect-total = Time in total
inspect-ms = { $ms } ms
inspect-source = Origin
inspect-fetched = The API sent it.
inspect-confirmed = The API confirmed an answer that was kept.
inspect-no-answer = There is no response.
inspect-tries = The request was sent { $count ->
    [one] once.
   *[other] { $count } times.
}
inspect-shared = { $count ->
    [one] Another request waited for the same answer.
   *[other] { $count } other requests waited for the same answer.
}
inspect-reused = { $count ->
    [one] The kept answer was used once more.
   *[other] The kept answer was used { $count } more times.
}
inspect-bytes = Size
inspect-bytes-value = { $bytes } bytes
inspect-rows-none = nothing: no rows
inspect-rows = { $count ->
    [one] 1 row
   *[other] { $count } rows
}
inspect-filled-in = filled in { $filled } of { $rows } rows
inspect-not-number = “{ $text }”, which isn’t a number
inspect-several = { $count } values, but one is needed
inspect-list = a list of { $count ->
    [one] { $count } element
   *[other] { $count } elements
}, but one value is needed
inspect-object = an object with { $count ->
    [one] { $count } member
   *[other] { $count } members
}, but one value is needed
inspect-nothing = nothing

# Filters and tabs
filters = Filters
filters-choose = Filter
filters-apply = Apply
filters-active = Active filters
filters-clear = Clear all
filter-all = All
filter-chip = { $title }: { $value }
filter-remove = Remove the filter { $filter }
filter-dropped = The value for “{ $title }” in the address isn’t valid, so it is ignored.
filter-dropped-cut = The value for “{ $title }” in the address isn’t among the first { $count } choices, so it is ignored.
filter-cut = The first { $count } choices are shown.
filter-waits = Choose { $filters } first.
filter-unavailable = The choices can’t be loaded right now.
tabs = Views
panel-waits-title = Choose { $filters }
panel-waits = The data appears here when the filter has a value.
answer-choose-title = A filter has no value
table-empty-selected = No row matches the filters. Remove a filter above to see more.
table-selected = { $rows } of { $came } rows match the filters
table-selected-page = { $rows } of { $came } rows on this page match the filters

# Boards about one thing
subject-unnamed-title = This address is incomplete
subject-unnamed = It doesn’t say what to show. Open this page from “{ $board }”.
subject-gone-title = There is nothing at this address
subject-gone = It may have been deleted, or you may not have access to it.
subject-invalid = The address has a value that isn’t valid. It may not have been copied completely.
subject-lacks-title = No value for { $member }
subject-lacks = The data can’t be requested without this value.
answer-lacks-title = A value is missing
