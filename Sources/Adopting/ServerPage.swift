import Guides

/// A page that describes the server that others take for granted.
struct ServerPage {
    let path: String
    let configurationPath: String

    init(_ configuration: ProjectConfiguration) {
        path = "\(configuration.docs)/launchpad-server.md"
        configurationPath = "\(configuration.ops)/launchpad-server.conf"
    }

    /// What the pages that need the server say in their front matter.
    var frontMatter: [String] { ["broker: \(configurationPath)", "needs: [\(path)]"] }

    var text: String {
        """
        # The server of these examples

        Pages whose commands need a server, and that start none themselves, run against this one.

        ```conf file=\(configurationPath)
        host: 127.0.0.1
        port: 4222
        http_port: 8222
        jetstream {
          store_dir: "jetstream"
        }
        ```

        """
    }

    var guide: Guide? {
        GuideParser.parse(path: path, name: "launchpad-server", bytes: Array(text.utf8)).guide
    }
}
