// Package mta is a mail server that delivers to nobody: it speaks enough SMTP
// (RFC 5321) to take letters, keeps them where they can be read, and refuses
// what it is told to refuse. Tests and the demonstration use it in the place of
// a body's mail server.
package mta

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"
)

// Letter is one mail as it came, its subject and text readable.
type Letter struct {
	From, To, Subject, Text string
	Header                  mail.Header
	At                      time.Time
}

// Limits of what is kept and taken.
const (
	mostKept  = 1000
	mostBytes = 1 << 20
	mostLines = 1000 // of a session
	patience  = 30 * time.Second
)

// Server is a simulated mail server. It is safe for concurrent use.
type Server struct {
	listener net.Listener
	secure   *tls.Config
	running  sync.WaitGroup

	mu     sync.Mutex
	kept   []Letter
	refuse map[string]int
	conns  map[net.Conn]bool
	closed bool
}

// Start listens on a free port of this machine and serves until Close. With a
// certificate it takes letters over TLS only; without it there is none.
func Start(secure *tls.Config) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	s := &Server{listener: l, secure: secure, refuse: make(map[string]int), conns: make(map[net.Conn]bool)}
	s.running.Go(s.accept)
	return s, nil
}

// Addr is where it listens.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close hangs up and waits until nothing runs any more.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	for conn := range s.conns {
		conn.Close()
	}
	s.mu.Unlock()
	err := s.listener.Close()
	s.running.Wait()
	return err
}

// Refuse answers letters to an address with a code such as 450 or 550; 0 takes
// them again.
func (s *Server) Refuse(to string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse[to] = code
}

// Inbox is what an address has received, oldest first.
func (s *Server) Inbox(to string) []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Letter
	for _, l := range s.kept {
		if l.To == to {
			list = append(list, l)
		}
	}
	return list
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		open := !s.closed
		if open {
			s.conns[conn] = true
		}
		s.mu.Unlock()
		if !open {
			conn.Close()
			continue
		}
		s.running.Go(func() {
			s.serve(conn)
			conn.Close()
			s.mu.Lock()
			delete(s.conns, conn)
			s.mu.Unlock()
		})
	}
}

// serve speaks with one client.
func (s *Server) serve(conn net.Conn) {
	say := func(line string) { io.WriteString(conn, line+"\r\n") }
	say("220 aiqyn-mta ESMTP")
	in := bufio.NewReader(io.LimitReader(conn, mostBytes))
	var from, to string
	hidden := false
	for range mostLines {
		conn.SetDeadline(time.Now().Add(patience))
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(verb) {
		case "EHLO", "HELO":
			say("250 aiqyn-mta")
		case "STARTTLS":
			if s.secure == nil {
				say("502 not known")
				continue
			}
			say("220 go on")
			conn = tls.Server(conn, s.secure)
			in, hidden = bufio.NewReader(io.LimitReader(conn, mostBytes)), true
		case "MAIL":
			if s.secure != nil && !hidden {
				say("530 not in the clear")
				continue
			}
			from, to = angled(rest), ""
			say("250 ok")
		case "RCPT":
			to = angled(rest)
			if code := s.code(to); code != 0 {
				to = ""
				say(fmt.Sprintf("%d no", code))
				continue
			}
			say("250 ok")
		case "DATA":
			if from == "" || to == "" {
				say("503 whose, to whom")
				continue
			}
			say("354 go on")
			if !s.take(in, from, to) {
				say("554 not a letter")
				continue
			}
			say("250 taken")
		case "RSET", "NOOP":
			say("250 ok")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 not known")
		}
	}
}

func (s *Server) code(to string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refuse[to]
}

// angled is the address between angle brackets.
func angled(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}

// take reads a letter up to the line with a dot.
func (s *Server) take(in *bufio.Reader, from, to string) bool {
	var raw bytes.Buffer
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		if strings.TrimRight(line, "\r\n") == "." {
			break
		}
		raw.WriteString(strings.TrimPrefix(line, "."))
	}
	m, err := mail.ReadMessage(&raw)
	if err != nil {
		return false
	}
	body := m.Body
	if m.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return false
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, Letter{From: from, To: to, Subject: subject, Header: m.Header, At: time.Now(),
		Text: strings.TrimRight(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")})
	if len(s.kept) > mostKept {
		s.kept = slices.Delete(s.kept, 0, len(s.kept)-mostKept)
	}
	return true
}
