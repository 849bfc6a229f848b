### Die Texte der Seiten auf Deutsch. Anrede: Sie. Ids und Argumente wie in en.ftl.

## Allgemein

language-name = Deutsch
row-count = { $count ->
    [one] { $count } Zeile
   *[other] { $count } Zeilen
}
duration-seconds = { $count ->
    [one] { $count } Sekunde
   *[other] { $count } Sekunden
}
duration-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
duration-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
sign-in = Anmelden
sign-in-again = Erneut anmelden
sign-out = Abmelden
try-again = Erneut versuchen
home = Startseite
account = Konto
cancel = Abbrechen
close = Schließen
back-to-board = Zurück zum Board
reference = Referenz { $id }
what-to-do = Nächste Schritte

## Fehler

failure-signed-out-title = Sie sind abgemeldet
failure-signed-out = Ihre Sitzung ist beendet. Melden Sie sich an, um zu dieser Seite zurückzukehren.
failure-not-same-origin-title = Diese Anfrage stammt nicht von dieser Website
failure-not-same-origin = Die Anfrage wurde zu Ihrer Sicherheit blockiert. Es wurde nichts geändert. Öffnen Sie die Seite auf dieser Website und versuchen Sie es erneut.
failure-forbidden-title = Sie haben hierauf keinen Zugriff
failure-forbidden = Bitten Sie einen Administrator um Zugriff.
failure-forbidden-scope = Bitten Sie einen Administrator um Zugriff und melden Sie sich danach ab und wieder an.
failure-forbidden-scope-not-requested = Fragen Sie einen Administrator, ob diese API das verlangen darf.
failure-forbidden-token = Wenn Sie den Zugriff gerade erst erhalten haben, melden Sie sich ab und wieder an. Wenden Sie sich andernfalls an einen Administrator.
failure-forbidden-refresh-token = Für den Zugriff ist ein Refresh-Token nötig, das Ihr Anmeldedienst nicht ausgestellt hat. Wenden Sie sich an einen Administrator.
failure-forbidden-still-refused = Eine erneute Anmeldung hilft hier nicht. Wenden Sie sich an einen Administrator.
failure-forbidden-role = Bitten Sie einen Administrator um Zugriff und aktualisieren Sie danach Ihre Angaben auf der Seite „Konto“.
failure-forbidden-no-roles = Wenden Sie sich an einen Administrator. Ihr Anmeldedienst muss Ihre Rollen an diesen Dienst senden.
failure-forbidden-too-many-groups = Wenden Sie sich an einen Administrator. Ihr Anmeldedienst darf nur die Gruppen senden, die dieser Dienst braucht, oder muss Rollen statt Gruppen senden.
failure-step-up-title = Bestätigen Sie Ihre Identität
failure-step-up = Melden Sie sich ab und auf die verlangte Weise wieder an.
failure-not-found-title = Nicht gefunden
failure-not-found = Unter dieser Adresse gibt es nichts. Möglicherweise wurde der Inhalt verschoben oder gelöscht, oder der Link enthält einen Tippfehler.
failure-invalid-title = Diese Anfrage ist ungültig
failure-invalid = Es wurde nichts geändert. Beginnen Sie noch einmal auf der Startseite.
failure-api-unavailable-title = Die API antwortet nicht
failure-api-unavailable = Möglicherweise ist die API gestört oder langsam, oder ihre Antwort war unerwartet. Sie sind weiterhin angemeldet. Warten Sie einen Moment und versuchen Sie es dann erneut.
failure-retries = Diese Ansicht versucht es alle paar Sekunden automatisch erneut.
failure-provider-unavailable-title = Ihr Anmeldedienst antwortet nicht
failure-provider-unavailable = Möglicherweise ist er gestört oder langsam. Falls Sie angemeldet waren, sind Sie es weiterhin. Warten Sie einen Moment und versuchen Sie es erneut.
failure-sign-in-expired-title = Ihre Anmeldung ist abgelaufen
failure-sign-in-expired = Ihr Anmeldedienst verlängert Ihren Zugriff nicht mehr. Melden Sie sich erneut an, um zu dieser Seite zurückzukehren.
failure-client-refused-title = Dieser Dienst hat ein Problem mit Ihrem Anmeldedienst
failure-client-refused = Der Anmeldedienst akzeptiert diesen Dienst nicht, daher kann Ihr Zugriff nicht verlängert werden. Sie sind weiterhin angemeldet. Wenden Sie sich an einen Administrator.
failure-store-unavailable-title = Ihre Sitzung konnte nicht geladen werden
failure-store-unavailable = Der Dienst kann Ihre Sitzung gerade nicht abrufen. Es ist nichts verloren gegangen. Warten Sie einen Moment und versuchen Sie es erneut.
failure-busy-title = Der Dienst ist ausgelastet
failure-busy = Der Dienst ist überlastet oder die Anfrage hat zu lange gedauert. Warten Sie einen Moment und versuchen Sie es erneut.
failure-offline-title = Der Dienst ist nicht erreichbar
failure-offline = Prüfen Sie Ihre Verbindung. Bis sie wieder besteht, sind die angezeigten Daten möglicherweise veraltet.
failure-internal-title = Etwas ist schiefgelaufen
failure-internal = Der Fehler liegt bei uns und wurde protokolliert. Ein erneuter Versuch kann helfen.
failure-if-again = Tritt das Problem wieder auf, wenden Sie sich an einen Administrator und nennen Sie die Referenz unten.

## Wege zum Zugriff

access-request = Zugriff anfordern
access-request-advice = Sie können den Zugriff bei Ihrem Anmeldedienst anfordern und kehren danach auf diese Seite zurück.
access-request-again = Zugriff erneut anfordern
access-request-again-advice = Bitten Sie zuerst einen Administrator um Zugriff und fordern Sie ihn dann erneut bei Ihrem Anmeldedienst an.
access-confirm = Bestätigen
access-confirm-advice = Sie werden zu Ihrem Anmeldedienst weitergeleitet und kehren danach auf diese Seite zurück.

## Warum der Zugriff fehlt

reason-scope = Ihre Anmeldung umfasst { $scope } nicht.
reason-scope-not-requested = Die API verlangt { $scope }. Dieser Dienst fordert das nicht für sie an.
reason-scope-refused = Ihr Anmeldedienst hat { $scope } nicht gewährt.
reason-role = Dafür ist die Rolle { $role } erforderlich.
reason-roles = Dafür ist eine der Rollen { $roles } erforderlich.
reason-claim = Dafür muss { $name } den Wert { $values } haben.
reason-claim-missing = Dafür wird { $name } aus Ihrem Konto benötigt. Ihre Anmeldung enthält keinen verwendbaren Wert dafür.
reason-any-of = { $first } oder { $last }
reason-said = Die API meldet: { $quote }
reason-quote = „{ $text }“
reason-token = Ihr Anmeldedienst gewährt keinen Zugriff auf { $api }.
reason-still-refused = Die API verweigert den Zugriff auch nach der verlangten Anmeldung.
reason-unsaid = Die API verweigert Ihrem Konto den Zugriff.
reason-no-roles = Ihr Anmeldedienst hat für Ihr Konto keine Rollen gesendet.
reason-too-many-groups = Sie sind in zu vielen Gruppen, als dass Ihr Anmeldedienst alle senden könnte. Deshalb hat er keine gesendet.
reason-second-factor = Die API verlangt einen zweiten Faktor.
reason-second-factor-recent = Die API verlangt einen zweiten Faktor und eine Anmeldung, die höchstens { $time } zurückliegt.
reason-second-factor-fresh = Die API verlangt eine neue Anmeldung mit einem zweiten Faktor.
reason-stronger = Die API verlangt eine stärkere Anmeldung.
reason-stronger-recent = Die API verlangt eine stärkere Anmeldung, die höchstens { $time } zurückliegt.
reason-stronger-fresh = Die API verlangt eine neue, stärkere Anmeldung.
reason-recent = Die API verlangt eine Anmeldung, die höchstens { $time } zurückliegt.
reason-fresh = Die API verlangt eine neue Anmeldung.

## Aktionen

act-locked-title = Sie sind dazu nicht berechtigt
act-now = „{ $title }“ bestätigen
act-again = „{ $title }“ wiederholen
act-draft-restored = Ihr Entwurf wurde wiederhergestellt.
act-draft-discard = Neu beginnen
act-not-done = Nicht ausgeführt.
act-unclear = Es ist nicht bekannt, ob die Aktion ausgeführt wurde.
act-unclear-advice = Prüfen Sie das Board, bevor Sie das Formular erneut absenden.
act-confirmed = Sie können die Aktion jetzt ausführen.
act-confirmed-advice = Es wurde noch nichts abgesendet. Prüfen Sie die Angaben und bestätigen Sie sie.
act-optional = (optional)
act-choose = Auswählen …
act-link-locked = kein Zugriff
act-link-about-locked = { $about }, kein Zugriff
act-more = Weitere Aktionen
act-more-about = Weitere Aktionen: { $about }
act-unfinished = Sie haben ein Formular noch nicht abgesendet.
act-continue = Fortfahren
not-now = Nicht jetzt

## Panels

board-reload = Alle Panels aktualisieren
panel-reload = Aktualisieren
panel-reload-titled = { $title } aktualisieren
panel-as-of = Stand: { $time }
framed-title = { $brand } kann nicht innerhalb einer anderen Seite angezeigt werden
framed-what = Zu Ihrer Sicherheit wird die Anwendung nur in einem eigenen Tab oder Fenster angezeigt.
framed-open = In neuem Tab öffnen
zone-title = Einen Moment
zone-what = Sie sind angemeldet. Ihre Zeitzone wird ermittelt.
zone-continue = Weiter
author-mistakes = { $count ->
    [one] Die Datei mit Boards hat einen Fehler. Bis er behoben ist, bleiben die bisherigen Boards.
   *[other] Die Dateien mit Boards haben { $count } Fehler. Bis sie behoben sind, bleiben die bisherigen Boards.
}
author-line = { $key }, Zeile { $line } von { $file }
author-more = { $count ->
    [one] und ein weiterer, siehe Protokoll
   *[other] und { $count } weitere, siehe Protokoll
}
panel-unmatched-title = Die Daten sind nicht dort, wo dieses Panel sucht
panel-unmatched = Die API hat geantwortet, aber ihre Antwort enthält nichts unter dem Pfad dieses Panels.
panel-unmatched-path = { $setting }: { $path } findet nichts.
panel-unmatched-shape = { $setting }: { $path } findet { $came }, aber dieses Panel braucht { $expected }.
panel-unmatched-there = { $setting }: { $path } findet nichts. Vorhanden ist: { $members }.
panel-gone-title = Dieses Panel gibt es nicht mehr
panel-gone = Das Board hat sich geändert, seit diese Seite geladen wurde.
panel-gone-reload = Seite neu laden
panel-still-loading = Lädt noch …
claims-as-of = Stand: { $time }
chips-none = Keine
stat-empty = Kein Wert
list-empty-title = Keine Einträge
list-empty = Die API hat keine Einträge geliefert.
list-more = und { $count } weitere

## Diagramme

chart-empty-title = Keine Daten
chart-empty = Die API hat noch keine Werte geliefert.
chart-summary-line = { $count ->
    [one] { $title }: Liniendiagramm mit einem Punkt, { $first }.
   *[other] { $title }: Liniendiagramm mit { $count } Punkten von { $first } bis { $last }.
}
chart-summary-bar = { $count ->
    [one] { $title }: Balkendiagramm mit einem Punkt, { $first }.
   *[other] { $title }: Balkendiagramm mit { $count } Punkten von { $first } bis { $last }.
}
chart-read = { $title }: Werte ablesen
chart-show-table = Als Tabelle anzeigen
chart-values = { $title }: Werte
chart-before = Vorheriger Zeitraum
chart-target = Ziel: { $value }
chart-largest-series = Es werden die { $shown } größten von { $total } Reihen gezeigt.
chart-only = Doppelklick oder Eingabetaste: nur diese Reihe zeigen
chart-choose-days = Mit der Umschalttaste und den Pfeiltasten wählen Sie Tage aus, mit der Eingabetaste werden nur diese gezeigt.
chart-bars = Balken
share-percent = Anteil
share-total = Summe
share-rest = { $count ->
    [one] { $count } weiterer
   *[other] { $count } weitere
}
share-not-drawn = { $count ->
    [one] { $count } Wert fehlt in der Darstellung: Er ist negativ, keine Zahl oder in einer anderen Währung angegeben.
   *[other] { $count } Werte fehlen in der Darstellung: Sie sind negativ, keine Zahlen oder in anderen Währungen angegeben.
}
meter-of = von { $target }
meter-of-percent = von { $target } · { $percent }
meter-reached = Ziel erreicht
meter-over = Grenzwert überschritten
facts-empty-title = Keine Angaben
facts-empty = Die API hat hierzu keine Angaben geliefert.
timeline-empty-title = Keine Ereignisse
timeline-empty = Die API hat keine Ereignisse geliefert.
timeline-more = und { $count } frühere
timeline-no-day = Ohne Datum
link-outside = (öffnet in einem neuen Tab)
panel-hint = Hinweis zu { $title }

## Tabellen

table-found = { $count ->
    [one] { $count } Zeile gefunden
   *[other] { $count } Zeilen gefunden
}
table-rows = { $title }: Zeilen
table-pages = { $title }: Seiten
table-previous = Zurück
table-next = Weiter
table-actions = Aktionen
table-filter = Filtern
table-filter-hint = Diese Zeilen filtern
table-filter-titled = Filtern: { $title }
table-search = Suchen
table-search-hint = Alle Zeilen durchsuchen
table-search-titled = Suchen: { $title }
table-empty-title = Keine Zeilen
table-empty = Die API hat keine Zeilen geliefert.
table-empty-page = Auf dieser Seite gibt es keine Zeilen. Gehen Sie zur vorherigen Seite zurück.
table-no-match-title = Keine Zeile enthält „{ $text }“
table-no-match = Der Filter blendet alle Zeilen aus.
table-no-match-search = Alle Zeilen wurden durchsucht. Versuchen Sie es mit weniger Buchstaben oder einem anderen Wort.
table-export = Exportieren
table-csv = CSV
table-csv-all = CSV, alle Zeilen
csv-cut = Diese Datei ist nicht vollständig: Sie endet nach { $rows } Zeilen, der Grenze dieser Tabelle.
file-wrong-type-title = Diese Datei kann nicht heruntergeladen werden
file-wrong-type = Die API hat eine andere Art von Datei gesendet, als dieser Link erlaubt.
file-wrong-type-advice = Sagen Sie einem Administrator Bescheid und nennen Sie die Referenz unten.
file-too-large-title = Diese Datei ist zu groß
file-too-large = Die Datei ist größer, als dieser Link erlaubt.
file-too-large-advice = Bitten Sie einen Administrator um die Datei und nennen Sie die Referenz unten.
file-missing-title = Diese Datei wurde nicht gefunden
file-missing = Die API kennt keine solche Datei. Möglicherweise wurde sie verschoben oder gelöscht, oder ihre Zeile hat sich geändert.
file-missing-advice = Gehen Sie zurück zum Board und laden Sie es neu. Fehlt die Datei weiterhin, wenden Sie sich an einen Administrator und nennen Sie die Referenz unten.
file-busy-advice = Es laufen zu viele Downloads. Warten Sie, bis einer von Ihren fertig ist, und versuchen Sie es dann noch einmal.
file-preparing-title = Die Datei wird vorbereitet
file-preparing = Die API braucht Zeit dafür. Diese Seite fragt von selbst erneut nach, und der Download beginnt, sobald die Datei bereit ist.
file-preparing-advice = Warten Sie hier, oder gehen Sie zurück und folgen Sie dem Link später noch einmal. Nichts wird zweimal gestartet.
file-preparing-again = Jetzt nachsehen
file-unfinished-title = Die Datei ist noch nicht bereit
file-unfinished = Die API ist nicht rechtzeitig fertig geworden.
file-unfinished-advice = Versuchen Sie es später erneut. Die API arbeitet weiter daran, und nichts wird zweimal gestartet.
file-not-prepared-title = Die Datei konnte nicht vorbereitet werden
file-not-prepared = Die API konnte diese Datei nicht vorbereiten.
file-not-prepared-advice = Versuchen Sie es in einer Minute erneut. Nennen Sie einem Administrator die Referenz unten, wenn es wieder fehlschlägt.
file-back = Zurück zum Board
table-sum = { $count ->
    [one] Summe von { $rows } Zeile
   *[other] Summe von { $rows } Zeilen
}
table-sum-of-page = { $count ->
    [one] Summe von { $rows } Zeile dieser Seite
   *[other] Summe von { $rows } Zeilen dieser Seite
}
table-sum-of-all = { $count ->
    [one] Summe von { $rows } Zeile auf allen Seiten
   *[other] Summe aller { $rows } Zeilen
}
table-sum-of-first = { $count ->
    [one] Summe der ersten Zeile
   *[other] Summe der ersten { $rows } Zeilen
}
table-covers = { $count ->
    [one] Filter, Suche, Sortierung und Summen erfassen nur die erste Zeile. Es gibt weitere.
   *[other] Filter, Suche, Sortierung und Summen erfassen nur die ersten { $rows } Zeilen. Es gibt weitere.
}
table-covers-of = Filter, Suche, Sortierung und Summen erfassen nur die ersten { $rows } von { $total } Zeilen.
table-sum-currencies = mehrere Währungen
table-page-only = Filter und Sortierung gelten nur für diese Seite.
table-page-only-filter = Der Filter gilt nur für diese Seite.
table-page-only-order = Die Sortierung gilt nur für diese Seite.
table-clear = Filter zurücksetzen

## Zeitraum

period = Zeitraum
period-from = Von
period-to = Bis
period-show = Anzeigen

## Ende der Sitzung

session-label = Ihre Sitzung
session-status-label = Anmeldestatus
session-idle = Wegen Inaktivität werden Sie in { $time } abgemeldet.
session-stay = Angemeldet bleiben
session-absolute = Ihre Sitzung endet um { $time }, auch wenn Sie aktiv bleiben. Melden Sie sich erneut an, um danach weiterzuarbeiten.
session-kept = Ihre Eingaben sind noch hier. Melden Sie sich in einem neuen Tab erneut an, dann werden auch Ihre Daten wieder angezeigt.
session-sign-in-new-tab = In neuem Tab erneut anmelden
session-ended-signed-out = Sie haben sich in einem anderen Fenster abgemeldet.
session-ended-elsewhere = Sie haben diese Sitzung in einem anderen Browser oder auf einem anderen Gerät beendet.
session-ended-provider = Ihr Anmeldedienst hat Sie abgemeldet.
session-ended-operator = Ein Administrator hat Ihre Sitzung beendet.
session-ended-refused = Ihr Anmeldedienst verlängert Ihren Zugriff nicht mehr.
session-ended-replaced = Diese Sitzung wurde beendet, weil sich in diesem Browser jemand neu angemeldet hat.
session-ended-not-allowed = Ihr Konto darf diesen Dienst nicht mehr verwenden.
session-ended-too-many = Diese Sitzung wurde beendet, weil Sie zu viele Sitzungen haben und diese am längsten unbenutzt war.
session-ended-idle = Ihre Sitzung wurde beendet, weil Sie { $time } inaktiv waren.
session-ended-absolute = Ihre Sitzung hat die maximale Dauer erreicht.
session-ended = Ihre Sitzung wurde beendet.
session-unreachable = Der Dienst ist nicht erreichbar und Ihre Sitzung ist möglicherweise beendet. Ihre Eingaben sind noch hier. Ihre Daten werden wieder angezeigt, sobald der Dienst Ihre Anmeldung bestätigt.

## Seiten außerhalb der Boards

problem-label = Problem
problem-provider-said = Meldung Ihres Anmeldedienstes
expired-form-label = Nicht abgesendet
expired-form-title = Ihre Sitzung ist beendet
expired-form-what = Ihr Formular wurde nicht abgesendet. Alle Ihre Eingaben sind noch hier.
expired-form-advice = Melden Sie sich in einem neuen Tab erneut an. Kehren Sie dann zu diesem Tab zurück und senden Sie das Formular ab.
expired-form-submit = Ich bin angemeldet, jetzt absenden
too-many-forms-title = Zu viele Formulare in kurzer Zeit
too-many-forms-advice = Warten Sie { $wait } und senden Sie das Formular dann noch einmal ab.
too-many-forms-submit = Noch einmal absenden
sign-out-page-title = Abgemeldet
sign-out-page-heading = Sie sind hier abgemeldet
sign-out-page-what = Nun werden Sie auch bei Ihrem Anmeldedienst abgemeldet.
sign-out-page-advice = Sie werden automatisch weitergeleitet. Falls nichts passiert, wählen Sie „Weiter“.
sign-out-page-stuck = Falls dort ein Fehler erscheint, schließen Sie die Seite: Hier sind Sie bereits abgemeldet.
sign-out-page-home = Startseite
sign-out-page-here = Ihre Sitzung in diesem Browser ist beendet.
sign-out-page-sessions = Um Ihre anderen Sitzungen zu beenden, melden Sie sich an und wählen Sie sie in der Liste aus.
sign-out-page-here-advice = Sie werden automatisch weitergeleitet. Falls nichts passiert, wählen Sie „Weiter“.
sign-out-page-continue = Weiter

## Kontoseite

account-signed-in-as = Angemeldet als
account-roles = Rollen
account-scopes = Erteilte Berechtigungen
account-scopes-at = Erteilte Berechtigungen für { $api }
account-all-sessions = Alle Ihre Sitzungen
account-refresh = Angaben aktualisieren
account-refreshing = Ihre Angaben werden aktualisiert …
account-refreshed = Ihre Angaben sind auf dem neuesten Stand.
account-not-refreshed = Ihr Anmeldedienst hat keine neueren Angaben geliefert. Es gilt der angezeigte Stand.

## Sitzungen

sessions-title = Sitzungen
session-this = Diese Sitzung
session-signed-in = Angemeldet am { $time }
session-signed-in-with = Angemeldet am { $time } mit { $methods }
session-last-active = Zuletzt aktiv am { $time }
sessions-others = Andere Sitzungen
sessions-others-none = Dies ist Ihre einzige Sitzung.
sessions-others-count = { $count ->
    [one] { $count } andere Sitzung
   *[other] { $count } andere Sitzungen
}
sessions-others-more = { $count ->
    [one] Eine weitere Sitzung ist nicht aufgeführt. Sie endet ebenfalls, wenn Sie alle anderen Sitzungen beenden.
   *[other] { $count } weitere Sitzungen sind nicht aufgeführt. Sie enden ebenfalls, wenn Sie alle anderen Sitzungen beenden.
}
sessions-end = Beenden
sessions-end-label = Sitzung beenden: { $device }, angemeldet am { $time }
sessions-end-others = Alle anderen Sitzungen beenden
sessions-history = Aktivität in dieser Sitzung
sessions-history-none = Noch keine Aktivität.
sessions-ended = Kürzlich beendet
sessions-ended-one = { $device } wurde abgemeldet.
sessions-ended-others = { $count ->
    [0] Sie hatten keine anderen Sitzungen.
    [one] Ihre andere Sitzung wurde beendet.
   *[other] Ihre { $count } anderen Sitzungen wurden beendet.
}
sign-out-what = Beendet diese Sitzung und Ihre Sitzung beim Anmeldedienst. Wer diesen Browser danach benutzt, muss sich neu anmelden.
sign-out-here = Nur hier abmelden
sign-out-here-what = Beendet nur diese Sitzung. Beim Anmeldedienst bleiben Sie in diesem Browser angemeldet.
sign-out-everywhere = Überall abmelden
sign-out-everywhere-what = Beendet alle Ihre Sitzungen in diesem Dienst und, in diesem Browser, Ihre Sitzung beim Anmeldedienst.

## Boards, Zeilen und Aktionen

board-no-access = Kein Zugriff
board-period-invalid = Der Zeitraum in der Adresse ist ungültig. Angezeigt wird der Standardzeitraum; oben können Sie einen anderen auswählen.
row-before = Vorige Zeile
row-after = Nächste Zeile
row-as-page = Als Seite öffnen
row-title = Zeile
action-title = Aktion

## Weitere Seiten

sign-in-title = Anmeldung
not-found-advice = Beginnen Sie noch einmal auf der Startseite. Wenn Sie einem Link gefolgt sind, geben Sie der Person Bescheid, von der Sie ihn haben.
open-address = { $address } öffnen
front-channel-signed-out = Wenn Ihr Anmeldedienst Sie abgemeldet hat, sind Sie jetzt auch hier abgemeldet.

## Meldungen nach dem Absenden eines Formulars

form-target-gone = Diesen Eintrag gibt es nicht mehr. Es wurde nichts geändert.
form-half-done = Der Vorgang konnte nicht abgeschlossen werden. Ein Teil wurde möglicherweise bereits ausgeführt. Prüfen Sie, was noch offen ist, warten Sie einen Moment und versuchen Sie es erneut.
form-failed = Der Vorgang konnte nicht abgeschlossen werden. Es wurde nichts geändert. Warten Sie einen Moment und versuchen Sie es erneut.
act-opened-by-another = Dieses Formular wurde von einer anderen Person geöffnet, die in diesem Browser angemeldet war. Es wurde nichts geändert.

## Texte, die Skripte anzeigen

island-offline = Sie sind offline
island-retrying = { $failure }. Neuer Versuch folgt …
island-failed = { $failure }. Versuchen Sie es erneut.
act-checking = Die Verbindung wurde unterbrochen. Das Ergebnis wird abgefragt …
act-repeatable = Sie können es gefahrlos erneut versuchen: Nichts wird doppelt ausgeführt.
act-signed-out = Das Formular wurde nicht abgesendet, weil Sie abgemeldet waren. Ihre Eingaben sind erhalten geblieben.
act-failed = { $failure }. Gehen Sie zum Board zurück und prüfen Sie das Ergebnis.
session-continues = Sie sind angemeldet.
signed-out-title = Abgemeldet

## Account

claim-name = Name
claim-given-name = Vorname
claim-family-name = Nachname
claim-nickname = Spitzname
claim-preferred-username = Benutzername
claim-email = E-Mail-Adresse
claim-email-verified = E-Mail-Adresse bestätigt
claim-phone-number = Telefonnummer
claim-phone-number-verified = Telefonnummer bestätigt
claim-birthdate = Geburtsdatum
claim-gender = Geschlecht
claim-locale = Sprache
claim-zoneinfo = Zeitzone
claim-website = Website
claim-updated-at = Profil zuletzt aktualisiert
claim-group-profile = Profil
claim-group-more = Weitere Angaben
claim-group-identity = Identität
claim-issuer = Anmeldedienst
claim-subject = Benutzer-ID
tone-good = gut
tone-info = Information
tone-warn = Warnung
tone-bad = kritisch
tone-quiet = inaktiv
value-yes = Ja
value-no = Nein
value-today = heute
value-now = gerade eben
value-ago = { $unit ->
    [minute] { $count ->
        [one] vor { $number } Minute
       *[other] vor { $number } Minuten
    }
    [hour] { $count ->
        [one] vor { $number } Stunde
       *[other] vor { $number } Stunden
    }
    [day] { $count ->
        [one] vor { $number } Tag
       *[other] vor { $number } Tagen
    }
    [month] { $count ->
        [one] vor { $number } Monat
       *[other] vor { $number } Monaten
    }
   *[year] { $count ->
        [one] vor { $number } Jahr
       *[other] vor { $number } Jahren
    }
}
value-ahead = { $unit ->
    [minute] { $count ->
        [one] in { $number } Minute
       *[other] in { $number } Minuten
    }
    [hour] { $count ->
        [one] in { $number } Stunde
       *[other] in { $number } Stunden
    }
    [day] { $count ->
        [one] in { $number } Tag
       *[other] in { $number } Tagen
    }
    [month] { $count ->
        [one] in { $number } Monat
       *[other] in { $number } Monaten
    }
   *[year] { $count ->
        [one] in { $number } Jahr
       *[other] in { $number } Jahren
    }
}
value-minor-units = { $currency } in der kleinsten Einheit
profile-missing = Ihr Anmeldedienst hat Ihr Profil nicht übermittelt. Einige Angaben fehlen möglicherweise.
fact-signed-in-since = Angemeldet seit
fact-identity-confirmed = Identität zuletzt bestätigt
fact-sign-in-method = Anmeldeverfahren
fact-access-until = { $api }: Zugriff gültig bis
fact-access-until-unknown = keine Angabe
fact-access = { $api }: Zugriff
fact-access-on-demand = wird bei Bedarf angefordert
fact-access-unavailable = nicht verfügbar: Ihr Anmeldedienst hat kein Refresh-Token ausgestellt
fact-renewal = Erneuerung des API-Zugriffs
fact-renewal-automatic = automatisch
fact-renewal-by-sign-in = nur durch erneutes Anmelden: Ihr Anmeldedienst hat kein Refresh-Token ausgestellt
fact-idle-timeout = Endet bei Inaktivität nach
fact-ends-at-latest = Endet spätestens
auth-method-password = Passwort
auth-method-code = Einmalcode
auth-method-mfa = Multi-Faktor-Authentifizierung
auth-method-key = Sicherheitsschlüssel
auth-method-biometrics = Biometrie
auth-method-sms = SMS

## Sessions and their history

device-on-system = { $browser } auf { $system }
device-unknown = Unbekannter Browser
session-end-signed-out = Sie haben sich abgemeldet
session-end-elsewhere = Sie haben sie von einer anderen Sitzung aus beendet
session-end-provider = Ihr Anmeldedienst hat Sie abgemeldet
session-end-operator = Ein Administrator hat sie beendet
session-end-refused = Ihr Anmeldedienst hat sie nicht mehr verlängert
session-end-replaced = In diesem Browser hat sich jemand neu angemeldet
session-end-not-allowed = Ihr Konto ist hier nicht mehr zugelassen
session-end-too-many = Sie hatten zu viele Sitzungen, und diese war am längsten unbenutzt
history-signed-in = Angemeldet
history-signed-in-with = Angemeldet mit { $how }
history-signed-in-again = Erneut angemeldet
history-signed-in-again-with = Erneut angemeldet mit { $how }
history-renewed = { $count ->
    [one] API-Zugriff erneuert
   *[other] API-Zugriff { $count }-mal erneuert
}
history-not-renewed = API-Zugriff konnte nicht erneuert werden: Ihr Anmeldedienst hat nicht geantwortet
history-changed = Ihre Angaben beim Anmeldedienst haben sich geändert. { $changes }
history-ended-others = { $count ->
    [one] Sie haben eine andere Sitzung beendet
   *[other] Sie haben { $count } andere Sitzungen beendet
}
change-items = { $claim }: { $added } hinzugefügt; { $removed } entfernt
change-items-added = { $claim }: { $added } hinzugefügt
change-items-removed = { $claim }: { $removed } entfernt
change-new = { $claim }: hinzugefügt
change-other = { $claim }: geändert
change-gone = { $claim }: entfernt

## The user’s own activity

activity-title = Letzte Aktivitäten
activity-about = Die letzten 50 Ereignisse aus 30 Tagen, auf allen Ihren Geräten. Wenn Sie eines nicht erkennen, beenden Sie Ihre anderen Sitzungen und ändern Sie Ihr Passwort beim Anmeldedienst.
activity-none = Noch nichts. Anmeldungen, Aktionen und Downloads werden hier 30 Tage lang aufgeführt.
activity-unavailable = Ihre Aktivitäten können derzeit nicht geladen werden.
activity-more = { $count ->
    [one] 1 älteres Ereignis anzeigen
   *[other] { $count } ältere Ereignisse anzeigen
}
activity-unusual = Bitte prüfen
activity-sign-in-refused = Anmeldung abgelehnt
activity-stepped-up = Identität bestätigt
activity-stepped-up-with = Identität bestätigt mit { $how }
activity-step-up-refused = Bestätigung der Identität abgelehnt
activity-signed-out = Abgemeldet
activity-ended = { $count ->
    [one] Sitzung beendet
   *[other] { $count } Sitzungen beendet
}
activity-doctor = Prüfung durch den Betreiber mit Ihrem Konto
activity-downloaded = Heruntergeladen: { $panel }
activity-rows = { $count ->
    [one] 1 Zeile
   *[other] { $count } Zeilen
}
activity-outcome-done = Ausgeführt
activity-outcome-refused = Abgelehnt
activity-outcome-failed = Fehlgeschlagen
activity-outcome-accepted = Angenommen, wird später ausgeführt
activity-outcome-unclear = Unklar, vielleicht ausgeführt
activity-refused-not-allowed = Ihr Konto ist hier nicht zugelassen
activity-refused-too-weak = Die Anmeldung war nicht so sicher oder so aktuell wie verlangt
activity-refused-somebody-else = Mit einem anderen Konto
activity-refused-logged-out = Ihr Anmeldedienst hatte Sie abgemeldet
activity-end-elsewhere = Von einer anderen Sitzung aus
activity-end-operator = Durch einen Administrator
activity-end-refused = Ihr Anmeldedienst hat Ihren Zugriff nicht mehr verlängert
activity-end-too-many = Sie hatten zu viele Sitzungen
activity-end-idle = Zu lange nicht benutzt
activity-end-absolute = Die maximale Dauer war erreicht

## Panels

period-days = { $count ->
    [1] Heute
   *[other] { $count } Tage
}
period-weeks = { $count ->
    [one] { $count } Woche
   *[other] { $count } Wochen
}
period-months = { $count ->
    [one] { $count } Monat
   *[other] { $count } Monate
}
period-this-month = Dieser Monat
period-this-year = Dieses Jahr
period-next-days = { $count ->
    [1] Heute
   *[other] Nächste { $count } Tage
}
period-next-weeks = { $count ->
    [one] Eine Woche ab heute
   *[other] Nächste { $count } Wochen
}
period-next-months = { $count ->
    [one] Ein Monat ab heute
   *[other] Nächste { $count } Monate
}
period-yesterday = Gestern
period-tomorrow = Morgen
period-last-week = Letzte Woche
period-next-week = Nächste Woche
period-last-month = Letzter Monat
period-next-month = Nächster Monat
period-last-quarter = Letztes Quartal
period-next-quarter = Nächstes Quartal
period-last-year = Letztes Jahr
period-next-year = Nächstes Jahr
stat-same = keine Änderung
stat-same-from = { $period ->
    [day] gegenüber dem Vortag
    [days] gegenüber den { $count } Tagen davor
    [month] gegenüber dem Vormonat
    [months] gegenüber den { $count } Monaten davor
   *[none] gegenüber vorher
}
stat-more = { $period ->
    [day] mehr als am Vortag
    [days] mehr als in den { $count } Tagen davor
    [month] mehr als im Vormonat
    [months] mehr als in den { $count } Monaten davor
   *[none] mehr als vorher
}
stat-less = { $period ->
    [day] weniger als am Vortag
    [days] weniger als in den { $count } Tagen davor
    [month] weniger als im Vormonat
    [months] weniger als in den { $count } Monaten davor
   *[none] weniger als vorher
}
stat-was = war { $value }
stat-was-in = { $period ->
    [day] am Vortag
    [days] in den { $count } Tagen davor
    [month] im Vormonat
   *[months] in den { $count } Monaten davor
}
table-count = { $count ->
    [one] { $rows } Zeile
   *[other] { $rows } Zeilen
}
table-count-of = { $rows } von { $total } Zeilen
table-span = Zeilen { $span }
table-span-of = { $count ->
    [one] { $span } von { $total } Zeile
   *[other] { $span } von { $total } Zeilen
}
table-pages-cut = { $count }. Es gibt weitere, aber der Link der API zur nächsten Seite ist nicht verwendbar.
column-key = Schlüssel
column-value = Wert
column-position = Spalte { $position }
row-part-cut = { $title } (die ersten { $shown } von { $total })
chart-summary = { $title }: niedrigster Wert { $lowest } ({ $lowest-at }), höchster { $highest } ({ $highest-at }), letzter { $last } ({ $last-at }).
chart-right-axis = { $title } (rechte Achse)
chart-summary-empty = { $title }: keine Werte.
chart-first-points = Angezeigt werden die ersten { $shown } von { $total } Punkten.
chart-last-points = Angezeigt werden die letzten { $shown } von { $total } Punkten.
chart-unit-million = Mio.
chart-unit-billion = Mrd.
chart-unit-trillion = Bio.

## Results of actions

act-deleted = Gelöscht.
act-delete = Löschen
act-done = { $action }: erledigt.
act-accepted = { $action }: angenommen. Die API arbeitet noch daran.
act-job-late = { $action }: angenommen. Die API arbeitet noch daran. Es dauert länger als erwartet.
act-job-check = Jetzt prüfen
act-open = Öffnen
act-job-failed = { $action }: fehlgeschlagen.
act-job-failed-said = { $action }: fehlgeschlagen. { $message }
act-job-lost = { $action }: angenommen, aber die API kennt den Auftrag nicht mehr. Prüfen Sie das Ergebnis, bevor Sie das Formular erneut absenden.
act-job-denied = { $action }: angenommen, aber die API zeigt Ihnen den Auftrag nicht. Prüfen Sie das Ergebnis, bevor Sie das Formular erneut absenden.
act-job-refused-said = { $action }: angenommen, aber die API gibt nicht an, ob der Auftrag erledigt ist. Meldung der API: { $message }
act-perhaps-not-done = { $action }: möglicherweise nicht ausgeführt.
act-perhaps-not-done-of-row = { $action } { $row }: möglicherweise nicht ausgeführt.
act-doubtful = { $why } Ihre frühere Eingabe wurde möglicherweise trotzdem ausgeführt.
act-done-before-change = Eine frühere Fassung dieses Formulars wurde bereits gesendet und ausgeführt. Ihre letzten Änderungen wurden nicht gesendet.
act-accepted-before-change = Eine frühere Fassung dieses Formulars wurde bereits gesendet, und die API hat sie angenommen. Ihre letzten Änderungen wurden nicht gesendet.
act-gone = Diesen Eintrag gibt es nicht mehr.
act-changed = Dieses Formular hat sich geändert, seit Sie es geöffnet haben. Es wurde nichts gesendet. Prüfen Sie es und senden Sie es dann ab.
act-changed-unclear = { $why } Dieses Formular hat sich seitdem geändert.
act-no-longer-title = Diese Aktion gibt es nicht mehr
act-no-longer = Es wurde nichts gesendet.
act-no-longer-advice = Machen Sie auf dem Board weiter, wie es jetzt ist. Kopieren Sie vorher, was Sie noch brauchen.
act-no-longer-unclear = Es wurde jetzt nichts gesendet. Ihre frühere Eingabe wurde möglicherweise trotzdem ausgeführt. Prüfen Sie das Ergebnis.
act-not-offered = Diese Aktion ist für diesen Eintrag nicht mehr verfügbar. Es wurde nichts gesendet.
act-row-changed = Dieser Eintrag hat sich geändert, seit Sie das Formular geöffnet haben. Es wurde nichts gesendet. Prüfen Sie ihn und senden Sie das Formular erneut ab.
act-conflict = Inzwischen hat jemand anders diesen Eintrag geändert. Ihre Änderung wurde nicht übernommen. Prüfen Sie den jetzigen Stand und senden Sie das Formular erneut ab.
act-conflict-said = Inzwischen hat jemand anders diesen Eintrag geändert. Ihre Änderung wurde nicht übernommen. Meldung der API: { $message } Prüfen Sie den jetzigen Stand und senden Sie das Formular erneut ab.
act-version-required = Die API verlangt für diese Änderung die Version des Eintrags, und diese Aktion sendet keine. Es wurde nichts geändert. Wenden Sie sich an einen Administrator.
act-no-version = Die API gibt die Version dieses Eintrags nicht an. Eine Änderung könnte die einer anderen Person überschreiben. Es wurde nichts gesendet. Wenden Sie sich an einen Administrator.
act-fields-invalid = Einige Angaben sind ungültig. Korrigieren Sie sie und versuchen Sie es erneut.
act-not-set-up = Diese Aktion ist nicht richtig eingerichtet. Es wurde nichts gesendet.
act-not-sent-access = Sie haben hierauf keinen Zugriff. Es wurde nichts gesendet.
act-not-sent-step-up = Dafür müssen Sie Ihre Identität bestätigen. Es wurde nichts gesendet.
act-not-sent-api = Die API antwortet nicht. Es wurde nichts gesendet.
act-not-sent-provider = Ihr Anmeldedienst antwortet nicht. Es wurde nichts gesendet.
act-not-sent-sign-in-expired = Ihre Anmeldung ist abgelaufen. Es wurde nichts gesendet. Melden Sie sich erneut an und senden Sie das Formular noch einmal ab.
act-not-sent-client-refused = Dieser Dienst hat ein Problem mit Ihrem Anmeldedienst. Es wurde nichts gesendet. Wenden Sie sich an einen Administrator.
act-not-sent-busy = Der Dienst ist ausgelastet. Es wurde nichts gesendet. Versuchen Sie es gleich noch einmal.
act-not-sent = Etwas ist schiefgelaufen. Es wurde nichts gesendet.
act-not-sent-later = Die API nimmt zurzeit keine Anfragen an. Es wurde nichts gesendet. Versuchen Sie es um { $time } noch einmal, in { $wait }.
act-too-many = Sie haben in kurzer Zeit viele Formulare abgesendet. Dieses wurde nicht gesendet. Versuchen Sie es in { $wait } noch einmal.
act-refused = Die API hat die Anfrage abgelehnt.
act-unreachable = Die API ist nicht erreichbar. Es wurde nichts gesendet.
act-access-denied = Die API hat den Zugriff verweigert. Es wurde nichts geändert.
act-api-later = Die API begrenzt zurzeit die Zahl der Anfragen. Es wurde nichts geändert. Versuchen Sie es um { $time } noch einmal, in { $wait }.
act-timeout = Die API hat nicht rechtzeitig geantwortet.
act-connection-lost = Die Verbindung zur API wurde unterbrochen, bevor eine Antwort kam.
act-api-unavailable = Die API ist vorübergehend nicht verfügbar.
act-web-page = Als Antwort kam eine Webseite, nicht die Antwort der API.
act-api-received-late = Die API hat die Anfrage nicht rechtzeitig vollständig empfangen.
act-api-failed = Bei der Verarbeitung der Anfrage ist in der API ein Fehler aufgetreten.
act-api-failed-said = Bei der Verarbeitung der Anfrage ist in der API ein Fehler aufgetreten. Meldung der API: { $message }
act-takes-long = Das dauert länger als üblich und läuft noch.
act-sent-before = Das wurde bereits gesendet. Das Ergebnis ist nicht bekannt.
field-tick = Setzen Sie dieses Häkchen, um fortzufahren.
field-required = Dieses Feld ist erforderlich.
field-whole-number = Geben Sie eine ganze Zahl ein.
field-number = Geben Sie eine Zahl ohne Tausendertrennzeichen ein, zum Beispiel 1250,50.
field-number-ambiguous = Diese Zahl kann auf zwei Arten gelesen werden. Geben Sie { $whole } oder { $fraction } ein.
field-whole-number-ambiguous = Diese Zahl kann auf zwei Arten gelesen werden. Geben Sie { $whole } ohne Trennzeichen ein.
field-date = Geben Sie ein Datum ein, zum Beispiel 2026-09-30.
field-choice = Wählen Sie eine der Optionen aus.
field-choices-failed = Die Auswahl konnte nicht geladen werden. Versuchen Sie es noch einmal.
field-now = Aktuell: { $value }
field-bad-character = Der Text enthält ein Zeichen, das nicht zulässig ist.
field-too-long = Der Text ist { $length } Zeichen lang. Erlaubt sind höchstens { $max }.
field-between = Geben Sie eine Zahl von { $min } bis { $max } ein.
field-min = Geben Sie mindestens { $min } ein.
field-max = Geben Sie höchstens { $max } ein.

## Problems at sign-in

sign-in-problem-back = Zurück
sign-in-problem-wait = Warten Sie einen Moment und versuchen Sie es erneut.
sign-in-problem-wait-and-return = Warten Sie einen Moment und versuchen Sie es erneut. Danach gelangen Sie zur gewünschten Seite.
sign-in-problem-contact = Wenden Sie sich an einen Administrator und nennen Sie die Referenz unten.
sign-in-problem-again-or-contact = Versuchen Sie es erneut. Tritt das Problem wieder auf, wenden Sie sich an einen Administrator und nennen Sie die Referenz unten.
sign-in-problem-not-set-up-title = Die Anmeldung ist nicht richtig eingerichtet
sign-in-problem-unavailable-title = Die Anmeldung ist derzeit nicht verfügbar
sign-in-problem-incomplete-title = Die Anmeldung wurde nicht abgeschlossen
sign-in-problem-nothing-changed-title = Es wurde nichts geändert
sign-in-problem-nothing-changed = Die Anmeldung wurde abgebrochen, oder der angeforderte Zugriff wurde nicht gewährt.
sign-in-problem-nothing-changed-advice = Sie sind weiterhin angemeldet. Gehen Sie zurück oder versuchen Sie es erneut.
sign-in-problem-other-account-title = Sie haben sich mit einem anderen Konto angemeldet
sign-in-problem-other-account = Diese Anmeldung wurde für ein anderes Konto begonnen als das, das Sie beim Anmeldedienst gewählt haben. Es wurde nichts geändert.
sign-in-problem-other-account-advice = Versuchen Sie es erneut und wählen Sie das Konto, mit dem Sie begonnen haben.
sign-in-problem-other-account-here = Hier ist ein anderes Konto angemeldet als das, das Sie beim Anmeldedienst gewählt haben. Es wurde nichts geändert.
sign-in-problem-other-account-here-advice = Sie sind hier weiterhin angemeldet. Gehen Sie zurück, oder versuchen Sie es erneut und wählen Sie das richtige Konto. Um das andere Konto zu verwenden, melden Sie sich zuerst hier ab.
sign-in-problem-too-weak-title = Diese Anmeldung reicht nicht aus
sign-in-problem-too-weak = Ihr Anmeldedienst hat Ihre Identität nicht so sicher oder nicht so aktuell bestätigt, wie es erforderlich ist. Es wurde nichts geändert.
sign-in-problem-too-weak-advice = Versuchen Sie es erneut und schließen Sie alle Schritte ab, die Ihr Anmeldedienst anbietet. Gibt es keine weiteren Schritte, wenden Sie sich an einen Administrator und nennen Sie die Referenz unten.
sign-in-problem-too-weak-here-advice = Sie sind weiterhin angemeldet. Versuchen Sie es erneut und schließen Sie alle Schritte ab, die Ihr Anmeldedienst anbietet. Gibt es keine weiteren Schritte, wenden Sie sich an einen Administrator und nennen Sie die Referenz unten.
sign-in-problem-other = Anderes Konto verwenden
sign-in-problem-not-allowed-title = Sie haben mit diesem Konto keinen Zugriff
sign-in-problem-not-allowed = Ihre Anmeldung hat funktioniert, aber dieses Konto darf diesen Dienst nicht verwenden.
sign-in-problem-not-allowed-advice = Verwenden Sie ein anderes Konto, zum Beispiel das Ihrer Organisation. Wenn es dieses sein soll, bitten Sie einen Administrator um Zugriff und nennen Sie die Referenz unten.
sign-in-problem-foreign-issuer = Er gehört zu einem Anmeldedienst, den dieser Dienst nicht verwendet.
sign-in-problem-ended-title = Sie sind nicht angemeldet
sign-in-problem-cancelled-title = Sie haben sich nicht angemeldet
sign-in-problem-cancelled = Die Anmeldung wurde abgebrochen, oder der Zugriff wurde nicht gewährt.
sign-in-problem-cancelled-advice = Es wurde nichts geändert, und Sie können sich jederzeit erneut anmelden. Wenn Sie nicht selbst abgebrochen haben, fragen Sie einen Administrator, ob Sie Zugriff haben.
sign-in-problem-ended = Ihr Anmeldedienst hat die Anmeldung beendet.
sign-in-problem-ended-advice = Versuchen Sie es erneut. Tritt das Problem wieder auf, wenden Sie sich an einen Administrator.
sign-in-problem-provider-title = Beim Anmeldedienst ist ein Problem aufgetreten
sign-in-problem-provider = Die Anmeldung konnte dort nicht abgeschlossen werden.
sign-in-problem-request-refused = Ihr Anmeldedienst hat die Anfrage dieses Dienstes abgelehnt.
sign-in-problem-too-many-title = Zu viele Anmeldungen
sign-in-problem-too-many = Von Ihrer Netzwerkadresse gab es in der letzten Minute zu viele Anmeldungen. Möglicherweise nutzen auch andere diese Adresse.
sign-in-problem-signed-out-title = Sie wurden gerade abgemeldet
sign-in-problem-signed-out = Ihr Anmeldedienst hat diese Anmeldung beendet, bevor sie abgeschlossen war.
sign-in-problem-signed-out-advice = Melden Sie sich erneut an, um fortzufahren. Danach gelangen Sie zur gewünschten Seite.
sign-in-problem-you-signed-out-title = Sie haben sich abgemeldet
sign-in-problem-you-signed-out = Sie haben diese Sitzung beendet, während diese Anmeldung lief. Deshalb wurden Sie nicht wieder angemeldet.
sign-in-problem-lost-title = Diese Anmeldung ist nicht mehr gültig
sign-in-problem-lost = Sie hat zu lange gedauert, wurde in einem anderen Browser begonnen, oder Cookies sind blockiert.
sign-in-problem-lost-advice = Erlauben Sie Cookies für diese Website und versuchen Sie es dann erneut.
sign-in-problem-link-title = Dieser Anmeldelink ist nicht mehr gültig
sign-in-problem-link = Er gehört zu keiner laufenden Anmeldung in diesem Browser.
sign-in-problem-link-advice = Beginnen Sie eine neue Anmeldung.
sign-in-problem-provider-unavailable = Ihr Anmeldedienst antwortet nicht.
sign-in-problem-misconfigured = Dieser Dienst ist für Ihren Anmeldedienst nicht richtig konfiguriert.
sign-in-problem-algorithms = Ihr Anmeldedienst verwendet ein Signaturverfahren, das dieser Dienst nicht akzeptiert.
sign-in-problem-algorithms-advice = Wenden Sie sich an einen Administrator und nennen Sie die Referenz unten. Zu prüfen ist die Einstellung id_token_algs.
sign-in-problem-code-refused = Ihr Anmeldedienst hat den letzten Schritt abgelehnt.
sign-in-problem-code-refused-advice = Versuchen Sie es erneut. Danach gelangen Sie zur gewünschten Seite.
sign-in-problem-id-token = Die Angaben Ihres Anmeldedienstes konnten nicht überprüft werden.
sign-in-problem-store = Ihre Sitzung kann derzeit nicht gespeichert werden.
sign-in-problem-internal-title = Etwas ist schiefgelaufen
sign-in-problem-internal = Der Fehler liegt bei diesem Dienst, nicht bei Ihnen.
replace-session-title = Sitzung ersetzen?
replace-session-what = Sie sind als { $name } angemeldet. Dieser Link ist möglicherweise für ein anderes Konto oder eine andere Organisation.
replace-session-advice = Wenn Sie fortfahren, melden Sie sich neu an, und Ihre aktuelle Sitzung kann enden. Nicht gesendete Änderungen gehen verloren.
replace-session-go-on = Fortfahren und anmelden
replace-session-stay = Angemeldet bleiben

## `claimcheck doctor --sign-in`

doctor-title = Darf der Betreiber diese Installation prüfen?
doctor-what = Sie sind als { $name } angemeldet. Der Betreiber hat eine Prüfung gestartet. Sie liest diese Panels mit Ihrem Konto:
doctor-reads = Es wird nur gelesen. Der Betreiber sieht, wie viele Werte es gibt, ihre Typen und die Zeiten, aber keine Ihrer Daten. Danach endet diese Sitzung.
doctor-compare = Code vergleichen
doctor-compare-advice = Fahren Sie nur fort, wenn der Befehl denselben Code zeigt.
doctor-go = Panels lesen
doctor-cancel = Abbrechen
doctor-running-title = Die Prüfung läuft
doctor-running-what = Der Server liest die Panels. Das Ergebnis erscheint dort, wo der Befehl gestartet wurde.
doctor-running-advice = Sie können dieses Fenster schließen. Diese Sitzung endet mit der Prüfung.
doctor-cancelled-title = Prüfung abgebrochen
doctor-cancelled-what = Es wurde nichts gelesen, und diese Sitzung ist beendet.
doctor-cancelled-begun = Die Prüfung und diese Sitzung sind beendet. Einzelne Panels wurden möglicherweise schon gelesen.
doctor-cancelled-advice = Sie können dieses Fenster schließen.
doctor-has-session-title = Sie sind in diesem Browser schon angemeldet
doctor-has-session-what = Die Prüfung braucht eine eigene Anmeldung. Sie verwendet und beendet Ihre Sitzung nicht.
doctor-has-session-advice = Öffnen Sie den Link in einem privaten Fenster.
doctor-over-title = Diese Prüfung ist beendet
doctor-over-what = Der Link ist abgelaufen oder wurde schon verwendet, oder die Prüfung ist beendet.
doctor-over-advice = Das Ergebnis steht dort, wo der Befehl gestartet wurde. Starten Sie den Befehl für eine weitere Prüfung erneut.

## Refused requests

refusal-start-over = Beginnen Sie noch einmal auf der Startseite.
refusal-method = Diese Adresse nimmt Anfragen dieser Art nicht an.
refusal-slow = Die Übertragung der Anfrage hat zu lange gedauert. Es wurde nichts geändert.
refusal-slow-advice = Prüfen Sie Ihre Verbindung und versuchen Sie es dann erneut.
refusal-too-large = Die Anfrage ist zu groß. Es wurde nichts geändert.
refusal-too-large-advice = Gehen Sie zurück und senden Sie weniger.
refusal-long-address = Die Adresse ist zu lang.
refusal-format = Die Anfrage hat ein Format, das dieser Dienst nicht annimmt. Es wurde nichts geändert.
refusal-format-advice = Öffnen Sie die Seite neu und wiederholen Sie den Vorgang.
refusal-host = Dieser Dienst ist unter dem Namen in der Adresse nicht erreichbar.
refusal-host-advice = Öffnen Sie ihn unter seinem eigenen Namen. Haben Sie das bereits getan, wenden Sie sich an einen Administrator und nennen Sie die Referenz unten.
refusal-large-head = Ihr Browser hat mehr Daten gesendet, als dieser Dienst annimmt, wahrscheinlich zu viele Cookies.
refusal-large-head-advice = Löschen Sie die Cookies dieser Website in Ihrem Browser und versuchen Sie es dann erneut.

## Jede Seite

skip-to-content = Zum Inhalt springen
page-title = { $title } · { $brand }
page-description = { $brand }: Boards mit aktuellen Daten, für Personen mit einem Konto
boards-nav = Boards
board-locked = { $title }, kein Zugriff
nav-narrow = Nur Symbole
nav-widen = Symbole und Titel
find-label = Boards und Aktionen finden
find-hint = Finden
find-none = Kein Board und keine Aktion passt zu „{ $text }“
find-all = Alle Boards zeigen
boards-title = Boards
boards-actions = Aktionen
menu-sessions = Sitzungen
choose-language = Sprache
choose-scheme = Darstellung
scheme-system = System
scheme-light = Hell
scheme-dark = Dunkel
choose-density = Zeilenhöhe
density-compact = Kompakt
density-comfortable = Großzügig
choose-shortcuts = Tastenkürzel
shortcuts-on = Kürzel an
shortcuts-off = Kürzel aus
footer-promise = Ihre Access-Token bleiben auf dem Server. Ihr Browser hat nur ein Sitzungs-Cookie.

## Startseite

home-title = Startseite
home-heading = Live-Boards für Ihre API
home-lead = Melden Sie sich mit Ihrem eigenen Anmeldedienst an. Die Token bleiben auf dem Server, Ihr Browser erhält nur ein Cookie ohne Inhalt.
home-how-it-works = So funktioniert es
home-step-1 = Anmelden
home-step-1-title = Mit dem Konto, das Sie schon haben
home-step-1-text = Ihr Anmeldedienst prüft, wer Sie sind. Claimcheck sieht Ihr Passwort nie.
home-step-2 = Speichern
home-step-2-title = Ihre Token bleiben auf dem Server
home-step-2-text = Sie werden verschlüsselt gespeichert, bei Bedarf erneuert und nie an den Browser gesendet.
home-step-3 = Ansehen
home-step-3-title = Sie sehen, worauf Sie Zugriff haben
home-step-3-text = Jedes Board ruft die API in Ihrem Namen auf. Sie sehen genau die Daten, die für Sie freigegeben sind.
home-kept = Auf dem Server
home-held = Verwahrt
home-carried = In Ihrem Browser
home-cookie = Ein Cookie. Es enthält eine Zufallszahl, kein Token, und kein Skript kann es lesen.
home-own-text = Melden Sie sich an, um Ihre Boards zu sehen.
home-signed-out = Sie sind abgemeldet.
home-signed-out-here = Sie sind hier abgemeldet. Bei Ihrem Anmeldedienst sind Sie möglicherweise noch angemeldet; dann werden Sie beim nächsten Mal ohne Rückfrage wieder angemeldet.
home-ended = Ihre Sitzung ist beendet. Melden Sie sich erneut an, um fortzufahren.
token-access = Access-Token
token-refresh = Refresh-Token
token-id = ID-Token
get-help = Hilfe erhalten

## Antworten einer API, die nicht angezeigt werden können

answer-title = Die Antwort der API kann nicht angezeigt werden
answer-advice = Nennen Sie einem Administrator die Referenz unten. Die Ursache steht im Protokoll.
answer-not-json = Die Antwort der API ist kein JSON.
answer-not-json-type = Die Antwort der API ist kein JSON. Ihr Typ ist { $kind }.
answer-not-json-at = Die Antwort der API ist ab Byte { $at } kein JSON.
answer-shape = Diese Ansicht erwartet { $expected }, aber die API hat { $came } geliefert.
answer-said-title = Die API meldet einen Fehler
answer-said = Die API meldet: „{ $words }“
answer-said-nothing = Die API hat statt Daten einen Fehler geliefert.
outage-api = Die API
outage-down = { $api } ist seit { $since } nicht erreichbar. Der nächste Versuch ist um { $time }.
outage-timeout = { $api } antwortet seit { $since } nicht. Der nächste Versuch ist um { $time }.
outage-failing = { $api } antwortet seit { $since } mit Fehlern. Der nächste Versuch ist um { $time }.
outage-later = { $api } begrenzt zurzeit die Zahl der Anfragen. Der nächste Versuch ist um { $time }.
outage-unavailable = { $api } ist zurzeit nicht verfügbar. Der nächste Versuch ist um { $time }.
outage-try-now = Jetzt versuchen
outage-panel = Noch keine Daten. Der Hinweis über den Panels nennt den Grund.
outage-mark = Nicht aktuell
answer-wait-advice = Sie sind weiterhin angemeldet. Warten Sie einen Moment und versuchen Sie es dann erneut.
answer-unreachable = Sie ist nicht erreichbar.
answer-timeout = Sie hat nicht rechtzeitig geantwortet.
answer-broken-off = Die Verbindung endete, bevor die Antwort vollständig war.
answer-redirects = Die API leitet an eine andere Adresse weiter. Dieser Dienst folgt dem nicht.
answer-status = Sie hat mit dem Status { $status } geantwortet.
answer-unauthorized-title = Die API akzeptiert Ihre Anmeldung nicht
answer-unauthorized-advice = Melden Sie sich ab und wieder an. Wenn es erneut passiert, nennen Sie einem Administrator die Referenz unten.
answer-missing-title = Die API findet unter dieser Adresse nichts
answer-refused-title = Die API akzeptiert diese Anfrage nicht
answer-later-title = Die API begrenzt zurzeit die Zahl der Anfragen
answer-unavailable-title = Die API ist zurzeit nicht verfügbar
answer-later = Der nächste Versuch ist um { $time }.
answer-later-advice = Warten Sie bis dahin. Sie sind weiterhin angemeldet.
answer-busy-title = Die API ist langsam
answer-busy = Zu viele Anfragen an sie warten.
answer-busy-advice = Warten Sie einen Moment und versuchen Sie es erneut. Sie sind weiterhin angemeldet.
answer-memory-title = Die Antwort der API ist im Moment zu groß
answer-memory = Die Antworten von APIs belegen den ganzen Speicher, den dieser Dienst für sie vorsieht.
answer-memory-advice = Warten Sie einen Moment und versuchen Sie es erneut. Nennen Sie einem Administrator die Referenz unten, wenn das häufig geschieht.
answer-later-kept = Die API nimmt zurzeit keine Anfragen an. Der nächste Versuch ist um { $time }.
answer-preparing-title = Die API bereitet die Daten vor
answer-preparing = Sie braucht Zeit für ihre Antwort. Das Panel fragt von selbst erneut nach.
answer-preparing-advice = Sie können inzwischen etwas anderes tun. Nichts wird zweimal gestartet.
answer-preparing-again = Jetzt nachsehen
answer-unfinished-title = Die API ist noch nicht fertig
answer-unfinished = Sie bereitet ihre Antwort seit { $time } vor.
answer-unfinished-advice = Versuchen Sie es später erneut. Die API arbeitet weiter daran, und nichts wird zweimal gestartet.
answer-not-prepared-title = Die API konnte die Daten nicht vorbereiten
answer-not-prepared = Der nächste Versuch ist um { $time } möglich.
answer-not-prepared-advice = Versuchen Sie es dann erneut. Nennen Sie einem Administrator die Referenz unten, wenn es wieder fehlschlägt.
shape-objects = Objekte
shape-lists = Listen
shape-texts = Texte
shape-numbers = Zahlen
shape-booleans = Wahrheitswerte
shape-mixed = Werte verschiedener Arten
shape-columns = eine Liste je Spalte, alle gleich lang
shape-entries = ein Objekt mit einem Eintrag je Zeile
shape-object = ein Objekt
shape-list = eine Liste
shape-text = einen Text
shape-number = eine Zahl
shape-boolean = einen Wahrheitswert
shape-nothing = nichts

inspect = Untersuchen
inspect-title = Untersuchen: { $title }
inspect-filled = Die Daten der Ansicht kommen aus dieser Antwort.
inspect-empty = Die Ansicht ist leer: Der Pfad { $path } findet in dieser Antwort nichts zum Anzeigen. Vergleichen Sie ihn mit der Antwort unten.
inspect-not-sent = Es wurde keine Anfrage gesendet.
inspect-unsent = Die Ansicht hat in der letzten Minute keine Anfrage gesendet. Senden Sie sie, um die Antwort zu sehen.
inspect-send = Anfrage senden
inspect-send-again = Anfrage noch einmal senden
inspect-sent = Anfrage
inspect-sent-before = Anfrage für den Zeitraum davor
inspect-came = Antwort
inspect-answer = Inhalt der Antwort
inspect-answer-cut = Inhalt der Antwort, gekürzt
inspect-body = Inhalt der Anfrage
inspect-findings = Was jeder Pfad findet
inspect-api = API
inspect-request = Anfrage
inspect-token = Access-Token
inspect-token-none = Keines: Diese API verlangt kein Access-Token.
inspect-token-missing = Es war keines verfügbar, deshalb wurde nichts gesendet.
inspect-token-sent = Das Token für diese API wurde gesendet.
inspect-token-renewed = Das Token für diese API wurde für diese Anfrage erneuert und gesendet.
inspect-token-until = Es läuft in { $secs } Sekunden ab.
inspect-token-unknown = Sein Ablauf ist nicht bekannt, oder es wurde inzwischen ersetzt.
inspect-status = Status
inspect-fault = Fehler
inspect-at = Gesendet um
inspect-waited = Zeit bis zum Beginn der Antwort
inspect-total = Zeit insgesamt
inspect-ms = { $ms } ms
inspect-source = Herkunft
inspect-fetched = Die API hat sie gesendet.
inspect-confirmed = Die API hat eine aufbewahrte Antwort bestätigt.
inspect-no-answer = Es gibt keine Antwort.
inspect-tries = Die Anfrage wurde { $count ->
    [one] einmal
   *[other] { $count }-mal
} gesendet.
inspect-shared = { $count ->
    [one] Eine weitere Anfrage hat auf dieselbe Antwort gewartet.
   *[other] { $count } weitere Anfragen haben auf dieselbe Antwort gewartet.
}
inspect-reused = { $count ->
    [one] Die aufbewahrte Antwort wurde noch einmal verwendet.
   *[other] Die aufbewahrte Antwort wurde noch { $count }-mal verwendet.
}
inspect-bytes = Größe
inspect-bytes-value = { $bytes } Bytes
inspect-rows-none = nichts: keine Zeilen
inspect-rows = { $count ->
    [one] 1 Zeile
   *[other] { $count } Zeilen
}
inspect-filled-in = gefüllt in { $filled } von { $rows } Zeilen
inspect-not-number = „{ $text }“, das ist keine Zahl
inspect-several = { $count } Werte, aber nur einer wird gebraucht
inspect-list = eine Liste mit { $count ->
    [one] { $count } Element
   *[other] { $count } Elementen
}, aber ein einzelner Wert wird gebraucht
inspect-object = ein Objekt mit { $count ->
    [one] { $count } Eintrag
   *[other] { $count } Einträgen
}, aber ein einzelner Wert wird gebraucht
inspect-nothing = nichts

# Filters and tabs
filters = Filter
filters-choose = Filtern
filters-apply = Anwenden
filters-active = Aktive Filter
filters-clear = Alle entfernen
filter-all = Alle
filter-chip = { $title }: { $value }
filter-remove = Filter „{ $filter }“ entfernen
filter-dropped = Der Wert für „{ $title }“ in der Adresse ist ungültig und wird ignoriert.
filter-dropped-cut = Der Wert für „{ $title }“ in der Adresse gehört nicht zu den ersten { $count } Einträgen und wird ignoriert.
filter-cut = Es werden nur die ersten { $count } Einträge angezeigt.
filter-waits = Wählen Sie zuerst { $filters } aus.
filter-unavailable = Die Auswahl kann gerade nicht geladen werden.
tabs = Ansichten
panel-waits-title = { $filters } auswählen
panel-waits = Sobald der Filter einen Wert hat, erscheinen hier die Daten.
answer-choose-title = Ein Filter hat keinen Wert
table-empty-selected = Keine Zeile entspricht den Filtern. Entfernen Sie oben einen Filter, um mehr zu sehen.
table-selected = Gefiltert: { $rows } von { $came } Zeilen
table-selected-page = Gefiltert: { $rows } von { $came } Zeilen dieser Seite

# Boards about one thing
subject-unnamed-title = Diese Adresse ist unvollständig
subject-unnamed = Sie gibt nicht an, was gezeigt werden soll. Öffnen Sie diese Seite über „{ $board }“.
subject-gone-title = Unter dieser Adresse gibt es nichts
subject-gone = Der Eintrag wurde vielleicht gelöscht, oder Sie haben keinen Zugriff darauf.
subject-invalid = Die Adresse enthält einen ungültigen Wert. Vielleicht wurde sie nicht vollständig kopiert.
subject-lacks-title = Kein Wert für { $member }
subject-lacks = Ohne diesen Wert können die Daten nicht abgerufen werden.
answer-lacks-title = Ein Wert fehlt
