package clamd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// daemon stands in for ClamAV: it takes a stream as its manual says, and answers.
func daemon(t *testing.T, answer func(file []byte) string) *Scanner {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clamd.ctl")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serve(conn, answer)
		}
	}()
	s, err := New("unix:"+path, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const most = 1 << 20 // StreamMaxLength

func serve(conn net.Conn, answer func([]byte) string) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	if command, err := r.ReadString(0); err != nil || command != "zINSTREAM\x00" {
		io.WriteString(conn, "UNKNOWN COMMAND\x00")
		return
	}
	var file []byte
	for {
		var length [4]byte
		if _, err := io.ReadFull(r, length[:]); err != nil {
			return
		}
		n := binary.BigEndian.Uint32(length[:])
		if n == 0 {
			break
		}
		if len(file)+int(n) > most {
			io.WriteString(conn, "INSTREAM size limit exceeded. ERROR\x00")
			io.Copy(io.Discard, r)
			return
		}
		piece := make([]byte, n)
		if _, err := io.ReadFull(r, piece); err != nil {
			return
		}
		file = append(file, piece...)
	}
	io.WriteString(conn, answer(file))
}

// eicar is the beginning of the file that every scanner takes for a virus, so
// that it can be tried; not the whole of it, lest this file be taken for one.
const eicar = "X5O!P%@AP[4"

func TestScan(t *testing.T) {
	s := daemon(t, func(file []byte) string {
		if bytes.Contains(file, []byte(eicar)) {
			return "stream: Eicar-Test-Signature FOUND\x00"
		}
		return "stream: OK\x00"
	})
	for name, test := range map[string]struct{ file, want string }{
		"clean": {strings.Repeat("a photograph ", 20_000), ""}, "empty": {"", ""},
		"infected": {strings.Repeat("a photograph ", 20_000) + eicar, "Eicar-Test-Signature"},
	} {
		got, err := s.Scan(context.Background(), strings.NewReader(test.file))
		if err != nil || got != test.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := s.Scan(context.Background(), strings.NewReader(strings.Repeat("x", most+1))); err == nil {
		t.Errorf("too large for it: %q", got)
	}
	lost := errors.New("the disk is gone")
	if got, err := s.Scan(context.Background(), iotest.ErrReader(lost)); !errors.Is(err, lost) {
		t.Errorf("half a file: %q, %v", got, err)
	}
}

// TestNoAnswerIsNoAllClear: a daemon that is away, silent or odd passes nothing.
func TestNoAnswerIsNoAllClear(t *testing.T) {
	for _, answer := range []string{"", "OK\x00", "stream: \x00", "stream: FOUND\x00", " FOUND\x00", "stream: OK"} {
		s := daemon(t, func([]byte) string { return answer })
		if got, err := s.Scan(context.Background(), strings.NewReader("a photograph")); err == nil {
			t.Errorf("%q: %q", answer, got)
		}
	}
	s, err := New("unix:"+filepath.Join(t.TempDir(), "nobody"), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Scan(context.Background(), strings.NewReader("a photograph")); err == nil {
		t.Error("nobody is there, and it passed")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	silent := daemon(t, func([]byte) string { select {} })
	if _, err := silent.Scan(ctx, strings.NewReader("a photograph")); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	for _, address := range []string{"", "clamd", "http://x", "unix:", "tcp:"} {
		if _, err := New(address, time.Second); err == nil {
			t.Errorf("%q is taken for an address", address)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	for _, s := range []string{"stream: OK", "stream: Eicar FOUND", "INSTREAM size limit exceeded. ERROR", "stream:  FOUND"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		finding, err := understood(answer)
		if err == nil && finding == "" && answer != "stream: OK" {
			t.Errorf("%q is an all-clear", answer)
		}
	})
}
