//! The filters above the panels of a board: the current values as chips that remove them, and a form for all filters.
//! Everything is in the URL, so it works with scripts off.

use claimcheck_model::{
    BoardQuery, FILTER_TEXT_MAX_CHARS, FilterBar, FilterChoice, FilterField, FilterInput, FilterQuery,
    parameter, paths,
};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Icon, Notice, Tone, icon, language};

/// The id of the form, for links from panels that wait for a filter.
pub const FILTERS_ID: &str = "filters";

/// The chips and the form.
#[component]
pub fn FilterBarView(
    /// The board's id.
    board: String,
    question: BoardQuery,
    bar: FilterBar,
    /// The panels that have pages, which begin again with another value.
    paged: Vec<String>,
    /// A panel needs a value that is not chosen, so the form is open.
    is_needed: bool,
) -> impl IntoView {
    let language = language();
    let dropped = bar.dropped.iter().map(|filter| {
        let title = filter.title.as_str();
        let text = match filter.cut_at.as_deref() {
            Some(count) => t!(language, "filter-dropped-cut", title = title, count = count),
            None => t!(language, "filter-dropped", title = title),
        };
        view! { <Notice tone=Tone::Warn>{text}</Notice> }
    });
    let dropped = dropped.collect::<Vec<_>>();
    let links = FilterLinks { board: &board, question: &question, bar: &bar, paged: &paged };
    let chips = bar.fields.iter().flat_map(|field| links.chips(field)).collect::<Vec<_>>();
    let clear = (chips.len() > 1).then(|| {
        let href = links.href(links.cleared());
        view! { <li><a class="filter-clear" href=href>{t!(language, "filters-clear")}</a></li> }
    });
    let has_chips = !chips.is_empty();
    let kept = question.with_filters(FilterQuery::new()).pairs();
    let kept = kept
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect::<Vec<_>>();
    let fields = bar.fields.iter().map(field).collect::<Vec<_>>();
    view! {
        {dropped}
        <section class="filters" aria-label=t!(language, "filters")>
            <details class="filter-set" id=FILTERS_ID open=is_needed>
                <summary>
                    <Icon d=icon::FILTER/>
                    {t!(language, "filters-choose")}
                </summary>
                <form method="get" action=paths::board(&board) data-follow="">
                    {kept} {fields}
                    <button class="button primary" type="submit">
                        {t!(language, "filters-apply")}
                    </button>
                </form>
            </details>
            {has_chips.then(|| view! { <ul class="filter-chips" aria-label=t!(language, "filters-active")>{chips} {clear}</ul> })}
        </section>
    }
}

/// What the links of chips are made of.
struct FilterLinks<'a> {
    board: &'a str,
    question: &'a BoardQuery,
    bar: &'a FilterBar,
    paged: &'a [String],
}

impl FilterLinks<'_> {
    fn href(&self, query: FilterQuery) -> String {
        self.question.with_filters(query).at(&paths::board(self.board))
    }

    /// No filter has a value.
    fn cleared(&self) -> FilterQuery {
        let unset = self.bar.fields.iter().filter(|field| field.has_default);
        unset.map(|field| (field.key.clone(), Vec::new())).collect()
    }

    /// A chip for each value of a filter, which removes it.
    fn chips(&self, field: &FilterField) -> Vec<AnyView> {
        let chip = |chosen: &FilterChoice| {
            let others = field.chosen.iter().filter(|other| other.value != chosen.value);
            let others: Vec<String> = others.map(|other| other.value.clone()).collect();
            let mut query = self.bar.query.clone();
            // A script updates the link if only the parameter of this filter and those of pages are to go.
            let can_follow = others.is_empty() && !field.has_default;
            match can_follow {
                true => _ = query.remove(&field.key),
                false => _ = query.insert(field.key.clone(), others),
            }
            let follow = can_follow.then(|| {
                let pages = self.paged.iter().map(|panel| format!("&{}=", parameter("page", panel)));
                format!("{}={}", field.key, pages.collect::<String>())
            });
            let text = match field.input {
                FilterInput::Toggle => field.title.clone(),
                _ => {
                    t!(language(), "filter-chip", title = field.title.as_str(), value = chosen.title.as_str())
                }
            };
            let label = t!(language(), "filter-remove", filter = text.as_str());
            view! {
                <li>
                    <a class="filter-chip" href=self.href(query) data-follow=follow aria-label=label>
                        {text}
                        <Icon d=icon::CLOSE/>
                    </a>
                </li>
            }
            .into_any()
        };
        field.chosen.iter().map(chip).collect()
    }
}

/// The field of a filter in the form.
fn field(field: &FilterField) -> AnyView {
    let FilterField { key, title, input, chosen, all, cut_at, has_default } = field.clone();
    let value = chosen.first().map(|chosen| chosen.value.clone()).unwrap_or_default();
    let kind = match &input {
        FilterInput::Number => "number",
        FilterInput::Date => "date",
        FilterInput::Month => "month",
        _ => "text",
    };
    // Without this, an address with no value would have the default.
    let unset = has_default.then(|| view! { <input type="hidden" name=key.clone() value=""/> });
    let cut = cut_at.map(|count| {
        let text = t!(language(), "filter-cut", count = count.as_str());
        view! { <span class="filter-gap">{text}</span> }
    });
    match input {
        FilterInput::One(choices) => {
            let options = choices.into_iter().map(|choice| {
                let selected = choice.value == value;
                view! { <option value=choice.value selected=selected>{choice.title}</option> }
            });
            let options = options.collect::<Vec<_>>();
            view! {
                <label>
                    {title}
                    <select name=key>
                        <option value="">{all}</option>
                        {options}
                    </select>
                    {cut}
                </label>
            }
            .into_any()
        }
        FilterInput::Several(choices) => {
            let boxes = choices.into_iter().map(|choice| {
                let checked = chosen.iter().any(|chosen| chosen.value == choice.value);
                let key = key.clone();
                view! {
                    <label class="tick">
                        <input type="checkbox" name=key value=choice.value checked=checked/>
                        {choice.title}
                    </label>
                }
            });
            let boxes = boxes.collect::<Vec<_>>();
            view! {
                <fieldset>
                    <legend>{title}</legend>
                    {unset}
                    <div class="filter-ticks">{boxes}</div>
                    {cut}
                </fieldset>
            }
            .into_any()
        }
        FilterInput::Toggle => view! {
            {unset}
            <label class="tick">
                <input type="checkbox" name=key value="true" checked={!value.is_empty()}/>
                {title}
            </label>
        }
        .into_any(),
        FilterInput::Text | FilterInput::Number | FilterInput::Date | FilterInput::Month => {
            let step = (kind == "number").then_some("any");
            // Browsers without a field for months show a field for text.
            let (pattern, example) = match kind {
                "month" => (Some("[0-9]{4}-[0-9]{2}"), Some("2026-09")),
                _ => (None, None),
            };
            view! {
                <label>
                    {title}
                    <input type=kind name=key value=value step=step pattern=pattern placeholder=example title=example maxlength=FILTER_TEXT_MAX_CHARS/>
                </label>
            }
            .into_any()
        }
        FilterInput::Waits(parents) => {
            let text = t!(language(), "filter-waits", filters = parents.join(", "));
            view! { <p class="filter-gap"><strong>{title}</strong> " " {text}</p> }.into_any()
        }
        FilterInput::Unavailable => {
            let kept = chosen.into_iter().map(|chosen| {
                let key = key.clone();
                view! { <input type="hidden" name=key value=chosen.value/> }
            });
            let kept = kept.collect::<Vec<_>>();
            let text = t!(language(), "filter-unavailable");
            view! { <p class="filter-gap"><strong>{title}</strong> " " {text} {kept}</p> }.into_any()
        }
    }
}
