//! What is told of an endpoint beside what its table tells.

use crate::table::Verb;

/// The body of a request or an answer, by the name of a schema among the document's components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// No body.
    Nothing,
    /// One object.
    One(&'static str),
    /// A list in one piece.
    List(&'static str),
    /// A list that is read page by page.
    Page(&'static str),
    /// Text of this media type, of that schema.
    Text(&'static str, &'static str),
}

impl Shape {
    /// The schema of what it is about.
    pub(super) fn schema(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::One(name) | Self::List(name) | Self::Page(name) | Self::Text(_, name) => Some(name),
        }
    }
}

/// What a successful request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) shape: Shape,
    pub(super) means: &'static str,
}

/// What an endpoint has to do with revisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Revision {
    None,
    Told,
    /// It does what it does only at the revision that a request names.
    Asked,
}

/// One endpoint in words.
#[derive(Debug, Clone)]
pub(super) struct Description {
    pub(super) verb: Verb,
    pub(super) path: &'static str,
    /// What it does to what: together, with the scope between them, the operation's id.
    pub(super) action: &'static str,
    pub(super) noun: &'static str,
    pub(super) summary: &'static str,
    pub(super) about: &'static str,
    /// Query parameters, by their names among the document's components.
    pub(super) query: Vec<&'static str>,
    /// Bodies that it takes, of which a request has one.
    pub(super) takes: Vec<Shape>,
    /// Whether it may be asked with no body too.
    pub(super) body_is_optional: bool,
    pub(super) answers: Vec<Answer>,
    /// Statuses of refusals beside those that every endpoint of its kind has.
    pub(super) refuses: Vec<u16>,
    pub(super) revision: Revision,
    /// Whether an answer says where the object lies that was made.
    pub(super) has_location: bool,
}

/// Describes one endpoint.
pub(super) fn describe(verb: Verb, path: &'static str, action: &'static str, noun: &'static str) -> Description {
    Description {
        verb,
        path,
        action,
        noun,
        summary: "",
        about: "",
        query: Vec::new(),
        takes: Vec::new(),
        body_is_optional: false,
        answers: Vec::new(),
        refuses: Vec::new(),
        revision: Revision::None,
        has_location: false,
    }
}

impl Description {
    /// A line on what it does, and what else there is to know.
    pub(super) fn says(self, summary: &'static str, about: &'static str) -> Self {
        Self { summary, about, ..self }
    }

    pub(super) fn query(mut self, names: &[&'static str]) -> Self {
        self.query.extend(names);
        self
    }

    pub(super) fn takes(mut self, shape: Shape) -> Self {
        self.takes.push(shape);
        self
    }

    pub(super) fn takes_one(self, schema: &'static str) -> Self {
        self.takes(Shape::One(schema))
    }

    pub(super) fn may_take(self, schema: &'static str) -> Self {
        Self { body_is_optional: true, ..self.takes(Shape::One(schema)) }
    }

    pub(super) fn answers(mut self, status: u16, shape: Shape, means: &'static str) -> Self {
        self.answers.push(Answer { status, shape, means });
        self
    }

    /// 200 with one object.
    pub(super) fn shows(self, schema: &'static str) -> Self {
        self.answers(200, Shape::One(schema), "Done.")
    }

    /// 200 with a list in one piece.
    pub(super) fn lists(self, schema: &'static str) -> Self {
        self.answers(200, Shape::List(schema), "The list.")
    }

    /// 200 with a page of a list, whose parameters it takes.
    pub(super) fn pages(self, schema: &'static str) -> Self {
        self.query(&["page_size", "start_key", "paginate", "ascending", "descending"])
            .answers(200, Shape::Page(schema), "A page of the list, or all of it.")
            .refuses(&[404, 416])
            .revisioned()
    }

    /// 201 with the object that was made, and where it lies.
    pub(super) fn creates(self, schema: &'static str) -> Self {
        let made = self.answers(201, Shape::One(schema), "It was made.");
        Self { has_location: true, ..made }
    }

    /// The answer says where its object lies.
    pub(super) fn locates(self) -> Self {
        Self { has_location: true, ..self }
    }

    pub(super) fn refuses(mut self, statuses: &[u16]) -> Self {
        self.refuses.extend(statuses);
        self
    }

    /// Its documents have revisions: `ETag`, `If-Match` unless it makes them, and so 412 and, where it reads them, 304.
    pub(super) fn revisioned(self) -> Self {
        let revision = if self.verb == Verb::Put { Revision::Told } else { Revision::Asked };
        Self { revision, ..self }
    }

    /// It makes or changes what has a revision, and does so only at the one that a request names.
    pub(super) fn asks_revision(self) -> Self {
        Self { revision: Revision::Asked, ..self }
    }

    /// Its documents have revisions, which it tells in `ETag` and does not look at.
    pub(super) fn tells_revision(self) -> Self {
        Self { revision: Revision::Told, ..self }
    }
}
