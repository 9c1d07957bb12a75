package web

import (
	"bufio"
	"bytes"
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
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/signature"
	"aiqyn/signature/practice"
)

// ncalayer answers as the program of the certification authority does on somebody's own
// computer: a WebSocket over TLS at its one address, that tells its version first.
type ncalayer struct {
	answer func(asked ncaAsked) string // to what it is asked to sign; "" hangs up
	asked  chan ncaAsked
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
	if answer := n.answer(asked); answer != "" {
		say(both.Writer, answer)
		hear(both.Reader) // until it hangs up
	}
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

// TestNCALayer: what the program signs with a certificate of practice goes along with the
// decision and verifies over the very document of the page; what it does not sign, for
// whatever reason, sends nothing, and the page says so and goes on.
func TestNCALayer(t *testing.T) {
	authority, err := practice.NewAuthority(practice.ECDSA, now.AddDate(-2, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	identity, err := authority.Issue(signature.Holder{Name: "ТЕСТОВ", Person: "900101300017"}, practice.ECDSA, practice.ForSigning, now.AddDate(0, -1, 0))
	if err != nil {
		t.Fatal(err)
	}
	signs := func(asked ncaAsked) string {
		doc, err := base64.StdEncoding.DecodeString(asked.Args.Data)
		if err != nil {
			t.Error(err)
		}
		cms, err := identity.Sign(doc, practice.Options{At: now})
		if err != nil {
			t.Error(err)
		}
		return `{"status":true,"body":{"result":["` + base64.StdEncoding.EncodeToString(cms) + `"]}}`
	}
	n := &ncalayer{asked: make(chan ncaAsked, 10)}
	startNCALayer(t, n)
	ctx := browser(t, 3*time.Minute, chromedp.Flag("ignore-certificate-errors", true))
	f := newFake(t)
	server := httptest.NewServer(newServer(t, f, nil))
	defer server.Close()
	for _, x := range []struct {
		name   string
		lang   aiqyn.Lang
		width  int64
		answer func(ncaAsked) string
		signed bool
	}{
		{"signs", aiqyn.Kazakh, 320, signs, true},
		{"signs", aiqyn.Russian, 360, signs, true},
		{"signs", aiqyn.English, 1280, signs, true},
		{"gives one text and no list", aiqyn.English, 360, func(a ncaAsked) string {
			var said struct{ Body struct{ Result []string } }
			if err := json.Unmarshal([]byte(signs(a)), &said); err != nil {
				t.Error(err)
			}
			return `{"status":true,"body":{"result":"` + said.Body.Result[0] + `"}}`
		}, true},
		{"cancelled", aiqyn.Kazakh, 360, func(ncaAsked) string { return `{"status":false,"code":"500","message":"action.canceled"}` }, false},
		{"an answer without a signature", aiqyn.Russian, 320, func(ncaAsked) string { return `{"status":true,"body":{}}` }, false},
		{"an empty list", aiqyn.Russian, 1280, func(ncaAsked) string { return `{"status":true,"body":{"result":[]}}` }, false},
		{"no JSON", aiqyn.English, 320, func(ncaAsked) string { return `<html>` }, false},
		{"hangs up", aiqyn.Kazakh, 1280, func(ncaAsked) string { return "" }, false},
	} {
		f.mu.Lock()
		f.sent = nil
		f.mu.Unlock()
		n.answer = x.answer
		after := chromedp.WaitVisible(chromedp.CSS(`[data-failed]`))
		if x.signed {
			after = chromedp.WaitNotPresent(chromedp.CSS(`[data-ncalayer]`))
		}
		err := chromedp.Do(ctx, as("engineer", server.URL), chromedp.EmulateViewport(x.width, 900), chromedp.Navigate(server.URL+"/"+string(x.lang)+"/desk/AQ-DECI-0001"),
			chromedp.Click(chromedp.CSS(`button[formaction$="sign=ask"][value=grant]`)), chromedp.WaitVisible(chromedp.CSS(`[data-ncalayer] button`)),
			chromedp.Click(chromedp.CSS(`[data-ncalayer] button`)), after)
		if err != nil {
			t.Fatalf("%s, %s: %v", x.name, x.lang, err)
		}
		asked := <-n.asked
		doc, err := base64.StdEncoding.DecodeString(asked.Args.Data)
		if err != nil || asked.Module != "kz.gov.pki.knca.basics" || asked.Method != "sign" || asked.Args.Format != "cms" || asked.Args.Locale != string(x.lang) {
			t.Errorf("%s: asked %+v, %v", x.name, asked, err)
		}
		f.mu.Lock()
		i := slices.IndexFunc(f.sent, func(c any) bool { _, ok := c.(casework.Decide); return ok })
		if x.signed != (i >= 0) {
			t.Errorf("%s, %s: sent %+v", x.name, x.lang, f.sent)
		} else if x.signed {
			verifies(t, authority, f.sent[i].(casework.Decide).CMS, doc)
		}
		f.mu.Unlock()
		if x.signed {
			continue
		}
		if on := must(t, ctx, chromedp.Evaluate[bool](`!document.querySelector('[data-ncalayer] button').disabled && document.querySelector('[data-absent]').hidden && !document.querySelector('#cms').disabled`)); !on {
			t.Errorf("%s: the page does not go on", x.name)
		}
	}
}

// verifies holds a signature as it came with a form to the document of its page.
func verifies(t *testing.T, a *practice.Authority, cms, doc []byte) {
	t.Helper()
	trust, err := a.Trust(signature.Policy{}, now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	by, err := trust.Verify(cms, signature.Given{Content: doc, At: now})
	if err != nil || by.Person != "900101300017" {
		t.Errorf("the signature: %+v, %v", by, err)
	}
	if _, err := trust.Verify(cms, signature.Given{Content: append(bytes.Clone(doc), ' '), At: now}); err == nil {
		t.Error("it holds over anything")
	}
}
