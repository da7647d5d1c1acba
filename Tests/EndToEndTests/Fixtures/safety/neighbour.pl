# A process of the user's outside every sandbox: it listens on TCP and on an abstract Unix socket, and tells of every guest.
# Its arguments: a mark that finds it, by name and by its socket.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Socket;
$| = 1;
my $tcp = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 0, Listen => 8) or die "$!\n";
socket(my $abstract, PF_UNIX, SOCK_STREAM, 0) or die "$!\n";
bind($abstract, pack_sockaddr_un("\0$ARGV[0]")) or die "$!\n";
listen($abstract, 8) or die "$!\n";
print $tcp->sockport, "\n";
my $select = IO::Select->new($tcp, $abstract);
while (my @ready = $select->can_read) {
    for my $socket (@ready) {
        accept(my $guest, $socket) or next;
        print $socket == $tcp ? "a guest by TCP\n" : "a guest by a Unix socket\n";
    }
}
