package casework

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn"
)

const (
	phone   = "+77000000001"
	unknown = "+77000000099"
)

// signRig is a rig with one account.
func signRig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	a := Account{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Name: "Айгүл", Phone: phone, Lang: "kk"}
	if err := r.PutAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	return r
}

// code asks for a code and reads it from the newest message.
func (r *rig) code() string {
	r.t.Helper()
	if err := r.SendCode(r.t.Context(), phone, "kk"); err != nil {
		r.t.Fatal(err)
	}
	list, err := r.Messages(r.t.Context(), phone, 1)
	if err != nil || len(list) != 1 || list[0].Key != "message.code" {
		r.t.Fatalf("messages %+v, %v", list, err)
	}
	return list[0].Args["code"].(string)
}

// wrongCode is a code other than the right one.
func wrongCode(code string, n int) string {
	var right int
	fmt.Sscan(strings.TrimLeft(code, "0")+" ", &right)
	return fmt.Sprintf("%06d", (right+1+n)%1_000_000)
}

func TestSignInOnce(t *testing.T) {
	r := signRig(t)
	code := r.code()
	token, account, err := r.SignIn(t.Context(), phone, code)
	if err != nil || account.Actor.Person != holder {
		t.Fatalf("%+v, %v", account, err)
	}
	if got, err := r.Session(t.Context(), token); err != nil || got.Phone != phone {
		t.Errorf("%+v, %v", got, err)
	}
	if _, _, err := r.SignIn(t.Context(), phone, code); keyOf(err) != "error.code-wrong" {
		t.Errorf("a code used before: %v", err)
	}
	if err := r.SignOut(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Session(t.Context(), token); keyOf(err) != "error.unauthenticated" {
		t.Errorf("a session that was ended: %v", err)
	}
}

func TestOneCodeOpensOneSession(t *testing.T) {
	r := signRig(t)
	code := r.code()
	var mu sync.Mutex
	opened := 0
	var wg sync.WaitGroup
	for range 5 { // as many as are tried at all
		wg.Go(func() {
			if _, _, err := r.SignIn(context.Background(), phone, code); err == nil {
				mu.Lock()
				opened++
				mu.Unlock()
			} else if keyOf(err) != "error.code-wrong" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if opened != 1 {
		t.Errorf("one code opened %d sessions", opened)
	}
}

func TestCodesRunOut(t *testing.T) {
	r := signRig(t)
	code := r.code()
	r.set(start.Add(codeLife))
	if _, _, err := r.SignIn(t.Context(), phone, code); keyOf(err) != "error.code-wrong" {
		t.Errorf("a code of five minutes ago: %v", err)
	}
	newer := r.code()
	if newer != code {
		if _, _, err := r.SignIn(t.Context(), phone, code); keyOf(err) != "error.code-wrong" {
			t.Errorf("the code before: %v", err)
		}
	}
	token, _, err := r.SignIn(t.Context(), phone, newer)
	if err != nil {
		t.Fatal(err)
	}
	r.set(start.Add(codeLife + sessionLife - time.Microsecond))
	if _, err := r.Session(t.Context(), token); err != nil {
		t.Errorf("just before its end: %v", err)
	}
	r.set(start.Add(codeLife + sessionLife))
	if _, err := r.Session(t.Context(), token); keyOf(err) != "error.unauthenticated" {
		t.Errorf("a session that has run out: %v", err)
	}
}

// TestGuessing: five tries, whoever makes them and however many at once; then
// not even the right code helps.
func TestGuessing(t *testing.T) {
	r := signRig(t)
	code := r.code()
	var mu sync.Mutex
	answers := make(map[string]int)
	var wg sync.WaitGroup
	for n := range 100 {
		wg.Go(func() {
			_, _, err := r.SignIn(context.Background(), phone, wrongCode(code, n))
			mu.Lock()
			answers[keyOf(err)]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if answers["error.code-wrong"] != codeTries || answers["error.code-tries"] != 100-codeTries {
		t.Errorf("a hundred guesses: %v", answers)
	}
	if _, _, err := r.SignIn(t.Context(), phone, code); keyOf(err) != "error.code-tries" {
		t.Errorf("the right code after a hundred guesses: %v", err)
	}
	r.set(start.Add(codeEvery))
	if _, _, err := r.SignIn(t.Context(), phone, r.code()); err != nil {
		t.Errorf("a new code: %v", err)
	}
}

// TestWhoIsKnown: numbers with and without an account are answered alike,
// whatever is asked in whatever order.
func TestWhoIsKnown(t *testing.T) {
	r := signRig(t)
	var known, stranger []string
	for _, p := range []struct {
		phone string
		got   *[]string
	}{{phone, &known}, {unknown, &stranger}} {
		r.set(start)
		for range 3 {
			*p.got = append(*p.got, keyOf(r.SendCode(t.Context(), p.phone, "kk")))
		}
		for range codeTries + 2 {
			_, _, err := r.SignIn(t.Context(), p.phone, "not a code")
			*p.got = append(*p.got, keyOf(err))
		}
		r.set(start.Add(codeEvery))
		*p.got = append(*p.got, keyOf(r.SendCode(t.Context(), p.phone, "kk")))
	}
	if fmt.Sprint(known) != fmt.Sprint(stranger) {
		t.Errorf("known:   %v\nunknown: %v", known, stranger)
	}
	if list, err := r.Messages(t.Context(), unknown, 10); err != nil || len(list) != 0 {
		t.Errorf("messages to nobody: %+v, %v", list, err)
	}
}

// TestCodesAreSentOnce: asked a hundred times at once, one code is sent; the
// newest message is the newest code.
func TestCodesAreSentOnce(t *testing.T) {
	r := signRig(t)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if err := r.SendCode(context.Background(), phone, "kk"); err != nil && keyOf(err) != "error.too-many" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if list, err := r.Messages(t.Context(), phone, 100); err != nil || len(list) != 1 {
		t.Fatalf("%d codes were sent, %v", len(list), err)
	}
	for n := range 20 {
		r.set(start.Add(time.Duration(n+1) * codeEvery))
		if _, _, err := r.SignIn(t.Context(), phone, r.code()); err != nil {
			t.Errorf("code %d: %v", n, err)
		}
	}
	r.reopen() // numbers of messages go on beside those of codes
	r.file(holder, plot, 5)
	r.reopen()
	if _, last, err := r.db.LastNumbers(t.Context()); err != nil || last > 1000 {
		t.Errorf("the last numbered message is %d, %v", last, err)
	}
}

func TestMalformedTokens(t *testing.T) {
	r := signRig(t)
	token, _, err := r.SignIn(t.Context(), phone, r.code())
	if err != nil {
		t.Fatal(err)
	}
	secret, number, _ := strings.Cut(token, ".")
	for _, bad := range []string{
		"", ".", "..", secret, secret + ".", "." + number, secret + ".%%%", secret + "." + number + "x", token + token,
		strings.Repeat("a", 1<<20), "\x00.\x00", strings.ToLower(secret) + "." + number, secret + ".KzcwMDAwMDAwMDk5",
	} {
		if _, err := r.Session(t.Context(), bad); keyOf(err) != "error.unauthenticated" {
			t.Errorf("%.60q: %v", bad, err)
		}
	}
	if _, err := r.Session(t.Context(), token); err != nil {
		t.Errorf("the right one: %v", err)
	}
}
