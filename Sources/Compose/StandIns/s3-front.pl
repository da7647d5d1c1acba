#!/usr/bin/perl
# Stands before rclone, which knows nothing of the addresses under which MinIO says how it is: answers those, and passes
# every other connection on. Ends with rclone, and rclone with it.
#
#   s3-front ADDRESS SOCKET RCLONE
#
# ADDRESS is where to listen, such as :9000, SOCKET where rclone listens, and RCLONE its process.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use POSIX qw(:sys_wait_h);
use Socket qw(MSG_PEEK SHUT_WR);

my ( $address, $socket, $rclone ) = @ARGV;
my ( $host, $port ) = $address =~ /^(.*):(\d+)$/ or die "minio: $address is no address\n";
my $listener = IO::Socket::INET->new(
    LocalAddr => $host || '0.0.0.0',
    LocalPort => $port,
    Listen    => 128,
    ReuseAddr => 1,
) or die "minio: cannot listen on $address: $!\n";

$SIG{PIPE} = 'IGNORE';
$SIG{CHLD} = sub {
    while ( ( my $process = waitpid( -1, WNOHANG ) ) > 0 ) {
        exit 1 if $process == $rclone;
    }
};
$SIG{TERM} = $SIG{INT} = sub { kill TERM => $rclone; exit 0 };

while (1) {
    my $client = $listener->accept or next;
    my $process = fork;
    next if !defined $process || $process;
    $SIG{$_} = 'DEFAULT' for qw(CHLD TERM INT);
    serve($client);
    exit 0;
}

sub serve {
    my ($client) = @_;
    my $start = '';
    # The first line of a request, or enough of it.
    until ( $start =~ /\n/ || length $start >= 200 ) {
        my $before = length $start;
        defined $client->recv( $start, 200, MSG_PEEK ) && length $start or return;
        select undef, undef, undef, 0.01 if length $start == $before;
    }
    my $server = IO::Socket::UNIX->new( Peer => $socket );
    if ( $start =~ m{^(?:GET|HEAD) /minio/health/(?:live|ready|cluster|cluster/read)[ ?]} ) {
        my $status = $server ? '200 OK' : '503 Service Unavailable';
        my $head = '';
        while ( $head !~ /\r?\n\r?\n/ && sysread $client, my $more, 4096 ) { $head .= $more }
        syswrite $client, "HTTP/1.1 $status\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        return;
    }
    return if !$server;
    my %other = ( $client => $server, $server => $client );
    my $open = IO::Select->new( $client, $server );
    while ( $open->count ) {
        for my $from ( $open->can_read ) {
            my $to = $other{$from};
            if ( !sysread $from, my $bytes, 1 << 16 ) {
                $open->remove($from);
                shutdown $to, SHUT_WR;
            }
            else {
                for ( my $sent = 0 ; $sent < length $bytes ; ) {
                    my $count = syswrite $to, $bytes, length($bytes) - $sent, $sent;
                    return if !$count;
                    $sent += $count;
                }
            }
        }
    }
}
