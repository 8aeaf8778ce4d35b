//! Lists of stored documents: sorted, filtered, read until the page is full.

use serde_json::Value;
use strowger_model::Violation;
use strowger_store::{Cursor, Document, Kind, Listing, MAX_PAGE, Scan};

use super::documents::is_deleted;
use super::error::Error;
use super::filters::Filters;
use super::paging::Ask;
use super::reply::Reply;
use super::request::Request;

/// Documents that are read for one page. A page that is not full by then goes on at its key.
const MOST_READ: usize = 10_000;

/// Documents that are read for a list in one piece; where there are more, it is refused.
const MOST_READ_UNPAGED: usize = 100_000;

/// The page of `kind` that the request asks for, each document as `row` shows it.
pub(super) async fn list(request: &Request, kind: Kind, row: impl Fn(&Document) -> Value) -> Result<Reply, Error> {
    let (sort, filters) = (Sort::of(request, kind)?, Filters::of(request)?);
    let ask = Ask::of(request, &format!("{}/{}", kind.name(), sort.name()))?;
    let scan = Scan::of(request.owner, kind).direction(ask.direction).after(ask.from.clone());
    let scan = match sort {
        Sort::Id => scan,
        Sort::Name => scan.by(Listing::Name),
        Sort::Created => filters.narrowed(scan.by(Listing::Created)),
    };
    let shown = |document: &Document| Ok(filters.admit(document).then(|| row(document)));
    let mut reading = Reading::of(request, &ask, filters.is_selective());
    let (rows, next) = reading.rows(scan, ask.wanted(), shown).await?;
    ask.page_until(request, rows, next.map(|Cursor(place)| place))
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Id,
    Name,
    Created,
}

impl Sort {
    fn of(request: &Request, kind: Kind) -> Result<Self, Error> {
        let Some(asked) = request.parameter("sort") else { return Ok(Self::Id) };
        let known = Self::known(kind);
        known.iter().copied().find(|sort| sort.name() == asked).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|sort| sort.name()).collect();
            Violation::new("sort", "enum", "Value not found in enumerated list of values").target(names).into()
        })
    }

    fn known(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Resource | Kind::User | Kind::Application => &[Self::Id, Self::Name, Self::Created],
            Kind::PhoneNumber => &[Self::Id, Self::Created],
            _ => &[Self::Id],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::Created => "created",
        }
    }
}

/// How much one request still reads.
pub(super) struct Reading<'a> {
    request: &'a Request,
    budget: usize,
    /// Whether rows may be left out, so that more are read at once than are wanted.
    is_selective: bool,
}

impl<'a> Reading<'a> {
    pub(super) fn of(request: &'a Request, ask: &Ask, is_selective: bool) -> Self {
        let budget = if ask.is_paged() { MOST_READ } else { MOST_READ_UNPAGED };
        Self { request, budget, is_selective }
    }

    /// Up to `wanted` rows of what a scan finds and `row` shows; and where the list goes on, if there are more or as much was read as
    /// one request reads.
    pub(super) async fn rows(
        &mut self,
        mut scan: Scan,
        wanted: usize,
        row: impl Fn(&Document) -> Result<Option<Value>, Error>,
    ) -> Result<(Vec<Value>, Option<Cursor>), Error> {
        let mut rows = Vec::new();
        let mut last = Some(scan.after.clone().unwrap_or(Cursor(String::new())));
        loop {
            // One more tells whether there are more.
            let limit = if self.is_selective { MAX_PAGE } else { wanted.saturating_add(1) - rows.len() };
            let page = self.request.state.store().scan(&scan.clone().limit(limit.min(self.budget.max(1)))).await?;
            self.budget = self.budget.saturating_sub(page.documents.len());
            for document in page.documents.iter().filter(|document| !is_deleted(&document.body)) {
                let Some(row) = row(document)? else { continue };
                if rows.len() == wanted {
                    return Ok((rows, last));
                }
                rows.push(row);
                last = scan.place_of(document);
            }
            match page.next {
                Some(next) if self.budget > 0 => scan.after = Some(next),
                next => return Ok((rows, next)),
            }
        }
    }
}
