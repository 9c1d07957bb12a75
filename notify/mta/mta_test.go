package mta

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// talk sends lines, one after each answer, and returns the first words of the
// answers.
func talk(t *testing.T, s *Server, lines ...string) string {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	var codes []string
	for i := 0; ; i++ {
		answer, err := in.ReadString('\n')
		if err != nil {
			return strings.Join(append(codes, "closed"), " ")
		}
		code, _, _ := strings.Cut(answer, " ")
		codes = append(codes, code)
		if i == len(lines) {
			return strings.Join(codes, " ")
		}
		fmt.Fprintf(conn, "%s\r\n", lines[i])
	}
}

func TestTalk(t *testing.T) {
	s, err := Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Refuse("gone@example.kz", 550)
	letter := "Subject: hello\r\n\r\nfirst\r\n..dot\r\n."
	for _, test := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"a letter", []string{"EHLO x", "MAIL FROM:<a@example.kz>", "RCPT TO:<b@example.kz>", "DATA", letter, "QUIT"}, "220 250 250 250 354 250 221"},
		{"to nobody", []string{"HELO x", "MAIL FROM:<a@example.kz>", "RCPT TO:<gone@example.kz>", "DATA"}, "220 250 250 550 503"},
		{"from nobody", []string{"DATA"}, "220 503"},
		{"no letter", []string{"MAIL FROM:<a@example.kz>", "RCPT TO:<b@example.kz>", "DATA", "\x00\r\n."}, "220 250 250 354 554"},
		{"no words", []string{"", "RSET", "STARTTLS"}, "220 502 250 502"},
	} {
		if got := talk(t, s, test.lines...); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	got := s.Inbox("b@example.kz")
	if len(got) != 1 || got[0].Text != "first\n.dot" || got[0].Subject != "hello" {
		t.Errorf("arrived %+v", got)
	}
}

// TestALineWithoutEndIsCut: nobody can make it read for ever.
func TestALineWithoutEndIsCut(t *testing.T) {
	s, err := Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	block := []byte(strings.Repeat("x", 1<<16))
	for {
		if _, err := conn.Write(block); err != nil {
			break
		}
	}
	io.Copy(io.Discard, conn)
}
