//! Images of panels. The browser gets our own URL with a sealed address, which is bound to session, board, panel and column.
//! What it asks for later is opened, checked again and requested here.

use claimcheck_model::{AppError, CellImage, CellKind, Column, DetailPart, PanelBody, RowDetail, paths};

use crate::{
    api::{FileError, Image, ReadRequest},
    boards::{
        BoardRequest,
        image_address::{ImageAddress, NotUsed},
    },
    config::{Api, Panel},
    metrics::RequestSource,
};

/// An image that a browser asks for, before anything is requested.
pub struct PanelImage<'r> {
    request: &'r BoardRequest<'r>,
    api: &'r Api,
    address: ImageAddress,
    /// Panel and column, for the log.
    label: String,
    source: RequestSource,
}

impl BoardRequest<'_> {
    /// Gives the images in the body of a panel our own URLs, and a text if they have none.
    pub(super) fn finish_images(&self, panel: &Panel, body: &mut PanelBody) {
        match body {
            PanelBody::Table(data) => {
                for (index, column) in images(&data.columns) {
                    let mut column = self.image_column(panel, &column.key);
                    for row in &mut data.rows {
                        let Some((first, rest)) = row.cells.split_first_mut() else { continue };
                        let Some(cell) = index.checked_sub(1).and_then(|index| rest.get_mut(index)) else {
                            continue;
                        };
                        let address = cell.plain.clone();
                        if let Some(image) = cell.image_mut() {
                            column.finish(image, address.as_deref(), &first.text);
                        }
                    }
                }
            }
            PanelBody::Facts(facts) => self.finish_facts(panel, &mut facts.facts, None),
            PanelBody::List(list) => {
                let Some(key) = panel.kind.images().first().map(|key| (*key).to_owned()) else { return };
                let mut column = self.image_column(panel, &key);
                for item in &mut list.items {
                    let Some(cell) = &mut item.image else { continue };
                    let address = cell.plain.clone();
                    if let Some(image) = cell.image_mut() {
                        column.finish(image, address.as_deref(), &item.label);
                    }
                }
            }
            _ => {}
        }
    }

    /// The same for everything about a row.
    pub(super) fn finish_row_images(&self, panel: &Panel, detail: &mut RowDetail) {
        for part in &mut detail.parts {
            if let DetailPart::Facts { facts, .. } = part {
                self.finish_facts(panel, facts, Some(&detail.title));
            }
        }
    }

    fn finish_facts(
        &self,
        panel: &Panel,
        facts: &mut [(Column, claimcheck_model::Cell)],
        name: Option<&str>,
    ) {
        for (column, cell) in facts.iter_mut().filter(|(column, _)| column.kind == CellKind::Image) {
            let address = cell.plain.clone();
            if let Some(image) = cell.image_mut() {
                let name = name.unwrap_or(&column.title);
                self.image_column(panel, &column.key).finish(image, address.as_deref(), name);
            }
        }
    }

    fn image_column<'c>(&'c self, panel: &'c Panel, column: &'c str) -> ImageColumn<'c> {
        let api = self.settings().api(&panel.api);
        let context = api.map(|api| self.image_context(api, &panel.id, column));
        let subject = self.question.subject_text();
        ImageColumn { request: self, panel, column, api, context, subject, is_noted: false }
    }

    /// What a sealed address is bound to.
    fn image_context(&self, api: &Api, panel: &str, column: &str) -> String {
        // Ids have no line breaks, and the column is last.
        let session = self.signed_in().key.as_str();
        format!("image\n{session}\n{}\n{panel}\n{}\n{column}", self.board.id, api.id)
    }

    /// The image with this sealed address in a column of a panel.
    ///
    /// # Errors
    /// `NotFound` if the panel has no such column, or the address was sealed for something else, or changed; `Forbidden` if
    /// the user lacks the access that board and panel need.
    pub fn image(&self, panel: &str, column: &str, sealed: &str) -> Result<PanelImage<'_>, AppError> {
        let panel = self.find(panel)?;
        if !panel.kind.images().contains(&column) {
            return Err(AppError::NotFound);
        }
        let api = self.settings().api(&panel.api).ok_or(AppError::Internal)?;
        let plain = self.keyring().open_text(&self.image_context(api, &panel.id, column), sealed);
        let hosts = &self.settings().outgoing.image_hosts;
        let address = plain.and_then(|plain| ImageAddress::of_plain(&plain, hosts));
        let label = format!("{} of panel {}", column, panel.id);
        let source = self.source(Some(panel));
        Ok(PanelImage { request: self, api, address: address.ok_or(AppError::NotFound)?, label, source })
    }
}

impl PanelImage<'_> {
    /// Requests the image: of the API with the user's token, of another host without anything.
    ///
    /// # Errors
    /// As [`crate::api::ApiClient::image`].
    pub async fn load(self) -> Result<Image, FileError> {
        let client = &self.request.boards.api;
        match self.address {
            ImageAddress::OfApi(path) => {
                let request = ReadRequest {
                    path,
                    body: None,
                    label: self.label,
                    is_graphql: false,
                    is_exact: false,
                    job: None,
                    source: self.source,
                };
                client.image(self.request.signed_in(), self.api, &request).await
            }
            ImageAddress::Elsewhere(url) => client.image_elsewhere(&url, &self.label).await,
        }
    }
}

/// The columns of images, with their positions.
fn images(columns: &[Column]) -> Vec<(usize, Column)> {
    let columns = columns.iter().enumerate().filter(|(_, column)| column.kind == CellKind::Image);
    columns.map(|(index, column)| (index, column.clone())).collect()
}

/// A column whose images get their URLs.
struct ImageColumn<'c> {
    request: &'c BoardRequest<'c>,
    panel: &'c Panel,
    column: &'c str,
    api: Option<&'c Api>,
    context: Option<String>,
    /// The parameters that name what the board is about.
    subject: Option<String>,
    /// The log has a line about it: one is enough for all its rows.
    is_noted: bool,
}

impl ImageColumn<'_> {
    /// Completes one image; `name` is that of its row.
    fn finish(&mut self, image: &mut CellImage, address: Option<&str>, name: &str) {
        if image.alt.is_empty() {
            name.clone_into(&mut image.alt);
        }
        let Some((address, (api, context))) = address.zip(self.api.zip(self.context.as_deref())) else {
            return;
        };
        let hosts = &self.request.settings().outgoing.image_hosts;
        match ImageAddress::read(address, api, hosts) {
            Ok(address) => {
                let sealed = self.request.keyring().seal_repeatably(context, address.to_plain().as_bytes());
                let (board, panel) = (&self.request.board.id, &self.panel.id);
                let link = |sealed: String| {
                    paths::image(board, panel, self.column, &sealed, self.subject.as_deref())
                };
                image.src = sealed.ok().map(link);
            }
            Err(reason) => self.note(&reason),
        }
    }

    fn note(&mut self, reason: &NotUsed) {
        if std::mem::replace(&mut self.is_noted, true) {
            return;
        }
        let (board, panel, column) = (&self.request.board.id, &self.panel.id, self.column);
        tracing::warn!(
            event = "image not requested",
            board,
            panel,
            column,
            host = reason.host(),
            %reason,
            "images are not shown"
        );
    }
}
