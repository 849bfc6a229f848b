//! The number of running sessions, on all stores.

use super::*;

on_all_stores!(mt_04_a_store_counts_the_sessions_that_are_running_and_no_more_than_asked,);

async fn mt_04_a_store_counts_the_sessions_that_are_running_and_no_more_than_asked(
    store: Arc<dyn SessionStore>,
) {
    assert_eq!(store.count_live(100, 10).await.unwrap(), 0);
    let rows: Vec<_> = (0..5).map(|_| row(100).0).collect();
    for row in &rows {
        assert!(store.add(row.clone(), 100).await.unwrap());
    }
    assert_eq!(store.count_live(100, 10).await.unwrap(), 5);
    assert_eq!(store.count_live(100, 3).await.unwrap(), 3);
    let ending = Ending { why: EndReason::Operator, at: 110 };
    assert!(store.end(&rows[0].key, None, ending).await.unwrap().is_some());
    assert_eq!(store.count_live(110, 10).await.unwrap(), 4, "an ended one does not run");
    assert!(store.touch(&rows[1].key, 200, 200 + IDLE).await.unwrap());
    assert_eq!(store.count_live(100 + IDLE - 1, 10).await.unwrap(), 4);
    assert_eq!(store.count_live(100 + IDLE, 10).await.unwrap(), 1, "the others were not used");
    assert_eq!(store.count_live(200 + IDLE, 10).await.unwrap(), 0);
}
