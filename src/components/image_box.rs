//! An image of a panel, in a box of fixed size. Without an image, the box remains.

use claimcheck_model::CellImage;
use leptos::prelude::*;

/// The image; what it shows is its text.
#[component]
pub fn ImageBox(image: CellImage) -> impl IntoView {
    let CellImage { src, alt, size, is_round } = image;
    let (pixels, size) = (size.pixels(), size.name());
    match src {
        Some(src) => view! {
            <img
                class="cell-image"
                class:round=is_round
                data-size=size
                src=src
                alt=alt
                width=pixels
                height=pixels
                loading="lazy"
                decoding="async"
            />
        }
        .into_any(),
        None => {
            let role = (!alt.is_empty()).then_some("img");
            let label = (!alt.is_empty()).then_some(alt);
            view! {
                <span
                    class="cell-image"
                    class:round=is_round
                    data-size=size
                    role=role
                    aria-label=label
                ></span>
            }
            .into_any()
        }
    }
}
