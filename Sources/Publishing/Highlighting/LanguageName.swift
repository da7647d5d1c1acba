/// How a block's title bar names its language.
enum LanguageName {
    private static let names: [String: String] = [
        "sh": "Shell", "bash": "Bash", "zsh": "Zsh", "console": "Terminal", "conf": "Config", "nats": "NATS config",
        "yaml": "YAML", "yml": "YAML", "json": "JSON", "jsonc": "JSON", "toml": "TOML", "ini": "INI",
        "env": "Environment",
        "dockerfile": "Dockerfile", "kotlin": "Kotlin", "kt": "Kotlin", "java": "Java", "typescript": "TypeScript",
        "ts": "TypeScript", "tsx": "TypeScript", "javascript": "JavaScript", "js": "JavaScript", "jsx": "JavaScript",
        "python": "Python", "py": "Python", "go": "Go", "c": "C", "cpp": "C++", "rust": "Rust", "rs": "Rust",
        "sql": "SQL",
        "http": "HTTP", "html": "HTML", "css": "CSS", "xml": "XML", "svg": "SVG", "diff": "Diff",
        "markdown": "Markdown",
        "md": "Markdown", "mermaid": "Mermaid diagram", "text": "Text", "txt": "Text",
    ]

    static func of(_ language: String) -> String {
        names[language.lowercased()] ?? language.prefix(1).uppercased() + language.dropFirst()
    }
}
