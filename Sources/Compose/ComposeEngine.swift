#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
package import Guides
package import Proving
package import Tangling

/// An engine with services: `docker` and `docker-compose` in the tool folder, behind which programs of this machine run.
package struct ComposeEngine: Engine {
    private let base: any Engine
    private let catalog: ImageCatalog

    package let tools: [String: String]
    package let supplies: WorkbenchSupplies

    package var identity: EngineIdentity { base.identity }

    /// - Parameters:
    ///   - base: what stands behind the other tools; services find the programs of its tool folder first.
    ///   - executable: absolute path of the `launchpad` binary.
    ///   - version: what it calls itself, such as `Launchpad 0.1.0`.
    ///   - images: what the project's image map adds to the one that ships with Launchpad.
    ///   - root: the project's root; templates are kept in its `.launchpad`.
    ///   - isolation: templates are made in a sandbox, and not at all without one.
    ///   - files: the files of all guides that will be run; the images that their compose files name are looked for.
    package init(
        base: any Engine, executable: String, version: String, images: [String: [ImageStandIn]], files: [TangledFile],
        root: String, isolation: Isolation
    ) throws {
        self.base = base
        tools = base.tools.merging(["docker": executable, "docker-compose": executable]) { own, _ in own }
        let map = ImageCatalog.shipped.merging(images) { _, own in own }
        let wanted = Set(ComposeFacts.all(in: files).flatMap(\.images).map { ImageReference($0).name })
        var catalog = ImageCatalog.find(map, images: wanted, tools: base.tools, bundled: (executable, version))
        var supplies = base.supplies
        for (name, standIn) in catalog.standIns {
            guard let folder = StandInTemplate(standIn, root: root).make(isolation) else { continue }
            let inside = "\(StandInTemplate.path)/\(standIn.map.program)"
            catalog.standIns[name]?.template = inside
            supplies.folders[inside] = folder
        }
        self.catalog = catalog
        supplies.files[ImageCatalog.path] = Array(try JSONEncoder().encode(catalog))
        supplies.executables.formUnion(catalog.standIns.values.flatMap { [$0.path] + $0.tools.values })
        self.supplies = supplies
    }

    package func broker(configuration: String, statusDirectory: String) -> BrokerCommand {
        base.broker(configuration: configuration, statusDirectory: statusDirectory)
    }

    package func services(configuration: String) -> String? {
        "docker compose --file \(ShellQuoting.word(configuration)) up --detach --wait"
    }

    package func obstacle(toServicesIn files: [TangledFile]) -> String? {
        ComposeFacts.all(in: files).lazy.flatMap(\.images).compactMap { catalog.obstacle($0) }.first.map {
            "not run: \($0)"
        }
    }
}
