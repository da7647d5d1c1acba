/// JetStream's numbers for its refusals. Those that programs ask for most have names; any other is made of its number.
public struct ServerErrorCode: RawRepresentable, Hashable, Sendable {
    /// The number, as it stands in the `err_code` of an answer.
    public var rawValue: Int

    /// The code of a number.
    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// 10002: the account has no resources left.
    public static let accountResourcesExceeded = ServerErrorCode(rawValue: 10002)
    /// 10003: the request is malformed.
    public static let badRequest = ServerErrorCode(rawValue: 10003)
    /// 10013: a consumer of the name exists with another configuration.
    public static let consumerNameInUse = ServerErrorCode(rawValue: 10013)
    /// 10014: there is no consumer of the name.
    public static let consumerNotFound = ServerErrorCode(rawValue: 10014)
    /// 10023: the server has no resources left.
    public static let insufficientResources = ServerErrorCode(rawValue: 10023)
    /// 10026: the stream or the account has as many consumers as it may.
    public static let maximumConsumers = ServerErrorCode(rawValue: 10026)
    /// 10027: the account has as many streams as it may.
    public static let maximumStreams = ServerErrorCode(rawValue: 10027)
    /// 10037: there is no such message.
    public static let messageNotFound = ServerErrorCode(rawValue: 10037)
    /// 10039: the account may not use JetStream.
    public static let notEnabledForAccount = ServerErrorCode(rawValue: 10039)
    /// 10047: the store has no room left.
    public static let storageExceeded = ServerErrorCode(rawValue: 10047)
    /// 10052: the stream's configuration is not valid.
    public static let invalidStreamConfiguration = ServerErrorCode(rawValue: 10052)
    /// 10054: a message is larger than the stream allows.
    public static let messageTooLarge = ServerErrorCode(rawValue: 10054)
    /// 10058: a stream of the name exists with another configuration.
    public static let streamNameInUse = ServerErrorCode(rawValue: 10058)
    /// 10059: there is no stream of the name.
    public static let streamNotFound = ServerErrorCode(rawValue: 10059)
    /// 10060: the message was stored by another stream than was expected.
    public static let unexpectedStream = ServerErrorCode(rawValue: 10060)
    /// 10065: another stream has some of the subjects.
    public static let subjectsOverlap = ServerErrorCode(rawValue: 10065)
    /// 10070: the stream's last message has another identifier than was expected.
    public static let wrongLastMessageID = ServerErrorCode(rawValue: 10070)
    /// 10071: the last sequence is another than was expected; the text names it.
    public static let wrongLastSequence = ServerErrorCode(rawValue: 10071)
    /// 10076: the server does not run JetStream.
    public static let notEnabled = ServerErrorCode(rawValue: 10076)
    /// 10077: the message could not be stored.
    public static let storeFailed = ServerErrorCode(rawValue: 10077)
    /// 10109: the stream is sealed.
    public static let streamSealed = ServerErrorCode(rawValue: 10109)
    /// 10148: a consumer of the name exists already.
    public static let consumerExists = ServerErrorCode(rawValue: 10148)
    /// 10149: the consumer that was to be changed does not exist.
    public static let consumerDoesNotExist = ServerErrorCode(rawValue: 10149)
    /// 10164: the last sequence is another than was expected.
    public static let wrongLastSequenceConstant = ServerErrorCode(rawValue: 10164)
}
