extension Guide {
    /// The guide's text as a tree, and what is wrong with it.
    ///
    /// Wrong can be only what is no CommonMark: footnotes that are missing, unused or defined twice.
    package func markup() -> (markup: Markup, diagnostics: [Diagnostic]) {
        MarkupBuilder.build(self)
    }
}
