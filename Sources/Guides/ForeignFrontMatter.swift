/// Keys of front matter that mean something to other generators and nothing here.
///
/// Documentation that is published by one of them goes on to be, after its examples were adopted; so their keys are left to
/// them. Sources: the reference pages on front matter of Docusaurus, Jekyll with Just the Docs, Hugo with Docsy, MkDocs with
/// Material, VitePress, Starlight and GitBook.
enum ForeignFrontMatter {
    static let keys: Set<String> = [
        // Docusaurus
        "id", "slug", "sidebar_label", "sidebar_position", "sidebar_class_name", "sidebar_key", "sidebar_custom_props",
        "hide_title", "hide_table_of_contents", "toc_min_heading_level", "toc_max_heading_level", "pagination_label",
        "pagination_next", "pagination_prev", "displayed_sidebar", "custom_edit_url", "keywords", "image",
        "last_update",
        "unlisted", "parse_number_prefixes", "title_meta",
        // Jekyll
        "layout", "permalink", "published", "category", "categories", "nav_order", "nav_exclude", "nav_fold", "parent",
        "grand_parent", "ancestor", "has_children", "has_toc", "redirect_from", "redirect_to", "excerpt", "sitemap",
        // Hugo
        "date", "lastmod", "publishDate", "expiryDate", "weight", "type", "url", "aliases", "linkTitle", "menu", "toc",
        "summary", "author", "cascade", "params", "series", "markup", "outputs", "resources", "isCJKLanguage",
        "headless", "images", "videos", "translationKey", "no_list", "simple_list", "toc_hide", "hide_summary",
        // MkDocs
        "hide", "icon", "status", "search", "comments", "authors", "template", "render_macros", "social",
        // VitePress and Starlight
        "head", "outline", "prev", "next", "aside", "lang", "sidebar", "navbar", "hero", "features", "editLink",
        "editUrl",
        "footer", "lastUpdated", "pageClass", "tableOfContents", "pagefind", "banner", "titleTemplate",
        // GitBook
        "cover", "coverY", "coverHeight", "hidden", "noIndex", "noRobotsIndex",
    ]
}
