//! Very many runs: neighbours are merged into longer ones, which nothing keeps, until they are few enough to be merged at once.

use bytes::Bytes;
use strowger_model::Owner;
use tokio::sync::mpsc;

use super::Staged;
use crate::merge::{Place, Runs, Sources};
use crate::publication::Mode;
use crate::run::{Run, RunWriter, SectionBuilder, Written};
use crate::table::Table;
use crate::{RowsError, SelectorRows};

/// Merges no more than is necessary. The order of the runs stays: the later one counts.
pub(crate) async fn merge(rows: &SelectorRows, owner: Owner, staged: &mut Staged) -> Result<(), RowsError> {
    let most = rows.limits().merged_runs.max(2);
    while staged.runs.len() > most {
        let mut left = std::mem::take(&mut staged.runs).into_iter();
        while left.len() > 0 {
            let surplus = staged.runs.len().saturating_add(left.len()).saturating_sub(most);
            if surplus == 0 {
                staged.runs.extend(left.by_ref());
                break;
            }
            let some: Vec<Run> = left.by_ref().take(most.min(surplus.saturating_add(1))).collect();
            let written = into_one(rows, owner, &some).await?;
            staged.uploads.extend(written.uploads());
            staged.runs.push(written.run());
        }
    }
    Ok(())
}

async fn into_one(rows: &SelectorRows, owner: Owner, runs: &[Run]) -> Result<Written, RowsError> {
    let runs = Runs::open(rows.store(), owner, runs, rows.gauge()).await?;
    let (sender, mut sections) = mpsc::channel(1);
    let section_rows = rows.limits().section_rows;
    let merging = tokio::task::spawn_blocking(move || merged(runs, section_rows, &sender));
    let mut writer = RunWriter::passing(rows.store(), owner);
    while let Some(section) = sections.recv().await {
        writer.write(&section).await?;
    }
    merging.await.map_err(|_| RowsError::Contended)??;
    writer.finish().await
}

fn merged(mut runs: Runs, section_rows: u32, sections: &mpsc::Sender<Bytes>) -> Result<(), RowsError> {
    let mut builder = SectionBuilder::new(section_rows);
    let send = |section: Option<Bytes>| match section {
        Some(section) => sections.blocking_send(section).map_err(|_| RowsError::Contended),
        None => Ok(()),
    };
    while let Some(name) = runs.next_name() {
        // What the rows are to do comes later: here the last of those that mean the same stays.
        let mut sources = Sources::new(&Table::new(&name, std::sync::Arc::default()), runs, Mode::Upsert);
        while let Some(key) = sources.next_key()? {
            let mut latest = None;
            while let Some(place) = sources.take(&key)? {
                if let Place::Staged(payload) = place {
                    latest = Some(payload);
                }
            }
            if let Some(payload) = latest {
                send(builder.push(&name, &key, &payload)?)?;
            }
        }
        runs = sources.into_runs();
    }
    send(builder.finish()?)
}
