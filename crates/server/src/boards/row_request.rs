//! The request for a single row of a table: that of its settings, else the one for the table.

use claimcheck_model::{AppError, PanelError, RowDetail};
use serde_json::Value;

use crate::{
    api::{Freshness, ReadRequest},
    boards::{
        BoardRequest,
        cells::{Object, member, slot_text},
        kinds::{
            self, PanelRequest,
            rows::{one_object, with_members},
        },
        offer, request,
        row::RowShown,
    },
    claims::slot_values,
    config::{LinkTo, Template, claim_name, is_filter_of_detail, kinds::table::TableSetting},
};

impl BoardRequest<'_> {
    /// Everything that the API returns for the row with that key: the configured detail, else the row itself.
    ///
    /// # Errors
    /// `NotFound` if there is no such panel or row, else as [`BoardRequest::panel`].
    pub async fn row(&self, panel: &str, name: &str) -> Result<RowDetail, PanelError> {
        let (of, table) = self.table(panel)?;
        let (row, _) = self.find_row(panel, name, false).await?;
        let link = |to: &LinkTo, row: &Object| self.ready_link(&of.kind, to)?.of_row(row);
        let shown = RowShown { setting: table, reader: self.reader, link: &link };
        let mut detail = shown.detail(name, &row, offer::of_row(self, of, &row));
        self.finish_row_images(of, &mut detail);
        Ok(detail)
    }

    /// The same, unformatted.
    ///
    /// # Errors
    /// As [`BoardRequest::row`].
    pub async fn row_object(&self, panel: &str, name: &str) -> Result<Object, AppError> {
        Ok(self.find_row(panel, name, false).await?.0)
    }

    /// The same with the `ETag` of the answer, which is there only if the settings have a request for the row.
    ///
    /// # Errors
    /// As [`BoardRequest::row`].
    pub async fn tagged_row(&self, panel: &str, name: &str) -> Result<(Object, Option<String>), AppError> {
        Ok(self.find_row(panel, name, true).await?)
    }

    /// The row, and the `ETag` of the answer to its own request. With `is_exact`, that answer is not compressed, because
    /// servers give a compressed one another `ETag`.
    async fn find_row(
        &self,
        panel: &str,
        name: &str,
        is_exact: bool,
    ) -> Result<(Object, Option<String>), PanelError> {
        let (panel, table) = self.table(panel)?;
        self.resolve_slots(panel).await?;
        let rows = PanelRequest::of(self, panel);
        let (Some(detail), Some(template)) = (&table.detail, table.detail_path()) else {
            let row = rows.row(table, name).await?;
            let row = match &table.detail {
                // The JSONPaths of its fields lead into the row.
                Some(detail) => with_members(&detail.item, row),
                None => row,
            };
            return Ok((row, None));
        };
        if template.slots().any(|slot| self.board.subject_member(slot).is_some()) {
            self.subject().await?;
        }
        let settings = self.settings();
        let claims = slot_values(&settings.claim_slots, &self.signed_in.record.claims, template.slots())?;
        let filters = &self.board.filters;
        // The row may have a member with the name of a parameter, so only members of the subject are from there.
        let is_of_board = |slot: &str| {
            self.board.subject_member(slot).is_some() || is_filter_of_detail(table, filters, slot)
        };
        let of_board = |slot: &str| if is_of_board(slot) { self.filter_slot(slot) } else { None };
        self.check_set(template.path_slots().into_iter().filter(|slot| is_of_board(slot)))?;
        let request = match is_only_of_key(template, table, &is_of_board) {
            true => request::of_row(self.source(Some(panel)), template, &claims, |slot| {
                if is_of_board(slot) { of_board(slot) } else { Some(name.to_owned().into()) }
            })?,
            false => {
                let row = rows.row(table, name).await?;
                request::of_row(self.source(Some(panel)), template, &claims, |slot| {
                    match is_of_board(slot) {
                        true => of_board(slot),
                        false => slot_text(member(&row, slot)).map(Into::into),
                    }
                })?
            }
        };
        let request = ReadRequest { is_exact, ..request };
        let answer = self.fetch(panel, request, Freshness::Now).await?;
        // A success without content: there is no such row.
        let row = one_object(&detail.item, &answer.value)?.ok_or(AppError::NotFound)?;
        let row = Value::Object(row.into_owned());
        match (kinds::table::has_key(table, &row, name), row) {
            // Columns and their links can have JSONPaths, too.
            (true, Value::Object(row)) => Ok((with_members(&table.rows, row), answer.tag())),
            _ => {
                tracing::warn!(event = "another row", "the API's response for a row has another key");
                Err(AppError::NotFound.into())
            }
        }
    }
}

/// Whether a detail's path needs only the row key; then the row itself is not fetched.
fn is_only_of_key(template: &Template, table: &TableSetting, is_of_board: &dyn Fn(&str) -> bool) -> bool {
    let is_known =
        |slot: &str| Some(slot) == table.name_key() || claim_name(slot).is_some() || is_of_board(slot);
    template.slots().all(is_known)
}
