package main

import (
	"bufio"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/signature"
	"aiqyn/signature/practice"
)

// ncalayer answers as the program of the certification authority does on somebody's own
// computer: a WebSocket over TLS at its one address, that tells its version first. It
// signs with certificates of the authority of a demonstration.
type ncalayer struct {
	says      atomic.Pointer[string]                          // to what it is asked to sign; "" hangs up; nil: it signs
	one       atomic.Bool                                     // a signature is given as one text and no list
	person    func(doc signedDocument) (aiqyn.PersonID, bool) // whose certificate it has
	authority string                                          // the folder of the demonstration
	at        aiqyn.Clock
	asked     chan ncaAsked
}

// signedDocument is what is read of the document that is to be signed.
type signedDocument struct {
	Act       string
	Applicant aiqyn.PersonID
	Officer   aiqyn.OfficerID
}

// ncaAsked is what a page asks it.
type ncaAsked struct {
	Module string
	Method string
	Args   struct {
		Format string
		Data   string
		Locale string
	}
}

func startNCALayer(t *testing.T, n *ncalayer) {
	t.Helper()
	var listener net.Listener
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		var err error
		if listener, err = net.Listen("tcp", "127.0.0.1:13579"); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { n.serve(t, w, r) }))
	server.Listener.Close()
	server.Listener = listener
	server.TLS = &tls.Config{NextProtos: []string{"http/1.1"}}
	server.StartTLS()
	t.Cleanup(server.Close)
}

func (n *ncalayer) serve(t *testing.T, w http.ResponseWriter, r *http.Request) {
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	conn, both, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	fmt.Fprintf(both, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	say(both.Writer, `{"result":{"version":"1.4"}}`)
	text, err := hear(both.Reader)
	if err != nil {
		return // the page has gone
	}
	var asked ncaAsked
	if err := json.Unmarshal(text, &asked); err != nil {
		t.Errorf("asked %s: %v", text, err)
		return
	}
	n.asked <- asked
	answer := ""
	if as := n.says.Load(); as != nil {
		answer = *as
	} else if answer, err = n.sign(asked); err != nil {
		t.Error(err)
	}
	if answer != "" {
		say(both.Writer, answer)
		hear(both.Reader) // until it hangs up
	}
}

// sign signs the very bytes that the page has sent.
func (n *ncalayer) sign(asked ncaAsked) (string, error) {
	doc, err := base64.StdEncoding.DecodeString(asked.Args.Data)
	if err != nil {
		return "", err
	}
	var about signedDocument
	if err := json.Unmarshal(doc, &about); err != nil {
		return "", err
	}
	who, ok := n.person(about)
	if !ok {
		return "", fmt.Errorf("nobody signs %s", doc)
	}
	signer, err := openPracticeSigner(n.authority, n.at)
	if err != nil {
		return "", err
	}
	identity, err := signer.authority.Issue(signature.Holder{Name: "ТЕСТОВ", Person: who}, practice.ECDSA, practice.ForSigning, n.at().Add(-time.Hour))
	if err != nil {
		return "", err
	}
	cms, err := identity.Sign(doc, practice.Options{At: n.at(), Status: n.at()})
	if err != nil {
		return "", err
	}
	text := `"` + base64.StdEncoding.EncodeToString(cms) + `"`
	if !n.one.Load() {
		text = "[" + text + "]"
	}
	return `{"status":true,"body":{"result":` + text + `}}`, nil
}

// say writes a message in one frame (RFC 6455).
func say(w *bufio.Writer, text string) {
	w.WriteByte(0x81)
	switch n := len(text); {
	case n < 126:
		w.WriteByte(byte(n))
	default:
		w.Write(binary.BigEndian.AppendUint16([]byte{126}, uint16(n)))
	}
	w.WriteString(text)
	w.Flush()
}

// hear reads a message of one frame, which a browser masks.
func hear(r *bufio.Reader) ([]byte, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	n := int(head[1] & 0x7f)
	if n == 126 {
		if _, err := io.ReadFull(r, head); err != nil {
			return nil, err
		}
		n = int(binary.BigEndian.Uint16(head))
	}
	body := make([]byte, 4+n)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	for i := range n {
		body[4+i] ^= body[i%4]
	}
	return body[4:], nil
}
