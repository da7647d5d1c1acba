/// A program of this machine that stands in for a container image: one entry of the image map.
///
/// The map that ships with Launchpad is written in the same form as `images:` in `launchpad.yml`.
package struct ImageStandIn: Sendable, Hashable, Codable {
    /// What is looked for: in the tool folder, on the path, then in ``search``.
    package var program: String
    /// What it is, as a proof names it; the program's version goes behind it.
    package var serves: String
    /// True where this is the very software that the image holds, so that its version can match a tag.
    package var isOriginal = false
    /// The arguments that make the program print its version.
    package var version: [String] = ["--version"]
    /// The oldest version that can do it, such as `1.65`; nil where any can.
    package var since: String?
    /// Directories to look in, with `*` for any name.
    package var search: [String] = []
    package var entrypoint: [String] = []
    package var command: [String] = []
    package var environment: [String: String] = [:]
    /// User id, as the image has it.
    package var user: String?
    package var workingDirectory = "/"
    package var ports: [Int] = []
    /// Paths that the image keeps in volumes.
    package var volumes: [String] = []
    package var stopSignal: String?
    /// False for an image without a shell: nothing but the program is there.
    package var hasSystem = true
    /// Further programs, linked at the front of the path.
    package var tools: [String] = []
    /// Small files of the image, by path.
    package var files: [String: String] = [:]
    /// A script of Launchpad's own that is the entrypoint.
    package var script: String?
    /// Scripts of Launchpad's own at the front of the path, by the name of the command.
    package var commands: [String: String] = [:]
    /// A command that fills the folder `/template` once for each version of the program, so that containers need not.
    package var template: [String] = []

    package init(program: String) {
        self.program = program
        serves = program
    }
}
