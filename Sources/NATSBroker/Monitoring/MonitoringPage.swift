/// The page at `/`: links to the documents.
enum MonitoringPage {
    static let text = """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Launchpad's NATS broker</title></head>
        <body>
        <h1>Launchpad \(BrokerSettings.launchpadVersion)</h1>
        <p>A NATS server that behaves as nats-server v\(BrokerSettings.natsVersion) does.</p>
        <ul>
        <li><a href="./varz">General</a></li>
        <li><a href="./connz">Connections</a></li>
        <li><a href="./accountz">Accounts</a></li>
        <li><a href="./accstatz">Account Stats</a></li>
        <li><a href="./subsz">Subscriptions</a></li>
        <li><a href="./routez">Routes</a></li>
        <li><a href="./leafz">LeafNodes</a></li>
        <li><a href="./gatewayz">Gateways</a></li>
        <li><a href="./jsz">JetStream</a></li>
        <li><a href="./healthz">Health Probe</a></li>
        </ul>
        </body>
        </html>

        """
}
