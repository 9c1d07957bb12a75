// Package clamd has files scanned by ClamAV's daemon, which a body runs beside
// the server: command INSTREAM of its protocol, over TCP or a local socket. The
// file goes through in pieces and is kept nowhere.
package clamd

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Scanner speaks with a daemon, on a connection for each file.
type Scanner struct {
	network, address string
	timeout          time.Duration
}

const (
	pieceSize = 64 << 10
	maxAnswer = 1 << 10
)

// New makes a scanner of an address: "unix:/run/clamav/clamd.ctl" or
// "tcp:host:3310". A scan takes at most the timeout.
func New(address string, timeout time.Duration) (*Scanner, error) {
	network, at, ok := strings.Cut(address, ":")
	if !ok || at == "" || network != "unix" && network != "tcp" {
		return nil, fmt.Errorf("clamd: address %q is neither unix:PATH nor tcp:HOST:PORT", address)
	}
	return &Scanner{network, at, timeout}, nil
}

// Scan returns what was found in a file, "" if nothing was. An error says that
// it could not be scanned, which is no all-clear.
func (s *Scanner) Scan(ctx context.Context, file io.Reader) (finding string, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, s.network, s.address)
	if err != nil {
		return "", fmt.Errorf("clamd: %w", err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	sendErr := send(conn, file)
	// A daemon that has had enough says why, and stops listening.
	answer, err := bufio.NewReader(io.LimitReader(conn, maxAnswer)).ReadString(0)
	if err != nil {
		return "", fmt.Errorf("clamd: %w", errors.Join(sendErr, err))
	}
	finding, err = understood(strings.TrimRight(answer, "\x00\n"))
	if err == nil && finding == "" && sendErr != nil {
		err = sendErr // an all-clear for a part of it
	}
	if err != nil {
		return "", fmt.Errorf("clamd: %w", err)
	}
	return finding, nil
}

// send sends a file in pieces, each behind its length; a length of 0 ends it.
func send(w io.Writer, file io.Reader) error {
	if _, err := io.WriteString(w, "zINSTREAM\x00"); err != nil {
		return err
	}
	piece := make([]byte, 4+pieceSize)
	for {
		n, err := io.ReadFull(file, piece[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(piece, uint32(n))
			if _, err := w.Write(piece[:4+n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			_, err = w.Write(make([]byte, 4))
			return err
		}
		if err != nil {
			return err
		}
	}
}

// understood reads an answer: "stream: OK", "stream: NAME FOUND", or an error.
func understood(answer string) (finding string, err error) {
	what, ok := strings.CutPrefix(answer, "stream: ")
	if !ok {
		return "", fmt.Errorf("answered %q", answer)
	}
	if what == "OK" {
		return "", nil
	}
	if name, ok := strings.CutSuffix(what, " FOUND"); ok && name != "" {
		return name, nil
	}
	return "", fmt.Errorf("answered %q", answer)
}
