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
	phone   = "+77000000000" // the holder's, by the register
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

// attempt asks for a code and reads it from the newest message.
func (r *rig) attempt() (attempt, code string) {
	r.t.Helper()
	attempt, err := r.SendCode(r.t.Context(), phone, "kk")
	if err != nil {
		r.t.Fatal(err)
	}
	return attempt, r.told("message.code")
}

// told is the code in the newest message.
func (r *rig) told(key string) string {
	r.t.Helper()
	list, err := r.Messages(r.t.Context(), phone, 1)
	if err != nil || len(list) != 1 || list[0].Key != key {
		r.t.Fatalf("messages %+v, %v", list, err)
	}
	return list[0].Args["code"].(string)
}

// enter tries a code in the browser that asked for it.
func (r *rig) enter(attempt, code string) (string, Session, error) {
	return r.SignIn(context.Background(), attempt, phone, code, Client{Agent: "test", Address: "192.0.2.1"})
}

// signIn signs the account's owner in.
func (r *rig) signIn() string {
	r.t.Helper()
	token, _, err := r.enter(r.attempt())
	if err != nil {
		r.t.Fatal(err)
	}
	return token
}

// signInBy signs in by the code that a number is sent.
func (r *rig) signInBy(number string) (string, Session, error) {
	r.t.Helper()
	attempt, err := r.SendCode(r.t.Context(), number, "kk")
	if err != nil {
		r.t.Fatal(err)
	}
	list, err := r.Messages(r.t.Context(), number, 1)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.SignIn(r.t.Context(), attempt, number, list[0].Args["code"].(string), Client{})
}

// otherCode is a code other than the right one.
func otherCode(code string, n int) string {
	var right int
	fmt.Sscan(strings.TrimLeft(code, "0")+" ", &right)
	return fmt.Sprintf("%06d", (right+1+n)%1_000_000)
}

func TestSignInOnce(t *testing.T) {
	r := signRig(t)
	attempt, code := r.attempt()
	token, s, err := r.enter(attempt, code)
	if err != nil || s.Actor.Person != holder || s.Actor.Assurance != aiqyn.ByCode || s.Fresh(r.clock()) {
		t.Fatalf("%+v, %v", s, err)
	}
	if got, err := r.Session(t.Context(), token); err != nil || got.Phone != phone || got.Agent != "test" || got.Address != "192.0.2.1" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, _, err := r.enter(attempt, code); keyOf(err) != "error.code-wrong" {
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
	attempt, code := r.attempt()
	var mu sync.Mutex
	opened := 0
	var wg sync.WaitGroup
	for range 5 { // as many as are tried at all
		wg.Go(func() {
			if _, _, err := r.enter(attempt, code); err == nil {
				mu.Lock()
				opened++
				mu.Unlock()
			} else if key := keyOf(err); key != "error.code-wrong" && key != "error.code-tries" { // the right one leaves no try to whoever had begun
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if opened != 1 {
		t.Errorf("one code opened %d sessions", opened)
	}
}

// TestACodeIsNotMadeGoodInItsRow: whoever may write the database can neither have a code
// tried on, nor have it last, nor use it again.
func TestACodeIsNotMadeGoodInItsRow(t *testing.T) {
	r := signRig(t)
	attempt, code := r.attempt()
	for i := range codeTries {
		if _, _, err := r.enter(attempt, otherCode(code, i)); keyOf(err) != "error.code-wrong" {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	r.raw(`UPDATE code SET tries = 0`)
	if _, _, err := r.enter(attempt, code); keyOf(err) != "error.code-tries" {
		t.Errorf("whose tries were set back: %v", err)
	}
	r.pass(codeEvery)
	attempt, code = r.attempt()
	if _, _, err := r.enter(attempt, code); err != nil {
		t.Fatal(err)
	}
	for change, want := range map[string]string{
		`UPDATE code SET tries = 0, expires = sent + 300000000`:  "error.code-tries",
		`UPDATE code SET tries = 0, expires = sent + 9000000000`: "error.code-tries",
	} {
		r.raw(change)
		if _, _, err := r.enter(attempt, code); keyOf(err) != want {
			t.Errorf("a code that was used, after %s: %v", change, err)
		}
	}
	r.pass(codeEvery)
	attempt, code = r.attempt()
	r.raw(`UPDATE code SET expires = expires + 600000000`)
	r.pass(codeLife)
	if _, _, err := r.enter(attempt, code); keyOf(err) != "error.code-wrong" {
		t.Errorf("a code that was made to last: %v", err)
	}
}

// TestACodeIsTheBrowsersThatAsked: whoever learns a code, or asks for one to
// another number, opens nothing with it elsewhere; and asking for codes to
// somebody's number does not spoil the code that they asked for.
func TestACodeIsTheBrowsersThatAsked(t *testing.T) {
	r := signRig(t)
	attempt, code := r.attempt()
	r.pass(codeEvery)
	foreign, second := r.attempt()
	for range codeTries + 1 {
		if _, _, err := r.enter(foreign, otherCode(second, 0)); err == nil {
			t.Fatal("a wrong code opened a session")
		}
	}
	for name, got := range map[string]string{"another browser": foreign, "no browser": "", "nonsense": "x"} {
		if _, _, err := r.enter(got, code); err == nil && code != second {
			t.Errorf("%s entered the code", name)
		}
	}
	if _, _, err := r.SignIn(t.Context(), attempt, unknown, code, Client{}); keyOf(err) != "error.code-wrong" {
		t.Errorf("under another number: %v", err)
	}
	if _, _, err := r.enter(attempt, code); err != nil {
		t.Errorf("the one who asked: %v", err)
	}
}

func TestCodesRunOut(t *testing.T) {
	r := signRig(t)
	attempt, code := r.attempt()
	r.at(start.Add(codeLife))
	if _, _, err := r.enter(attempt, code); keyOf(err) != "error.code-wrong" {
		t.Errorf("a code of five minutes ago: %v", err)
	}
	r.signIn()
}

// TestGuessing: five tries, whoever makes them and however many at once; then
// not even the right code helps.
func TestGuessing(t *testing.T) {
	r := signRig(t)
	attempt, code := r.attempt()
	var mu sync.Mutex
	answers := make(map[string]int)
	var wg sync.WaitGroup
	for n := range 100 {
		wg.Go(func() {
			_, _, err := r.enter(attempt, otherCode(code, n))
			mu.Lock()
			answers[keyOf(err)]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if answers["error.code-wrong"] != codeTries || answers["error.code-tries"] != 100-codeTries {
		t.Errorf("a hundred guesses: %v", answers)
	}
	if _, _, err := r.enter(attempt, code); keyOf(err) != "error.code-tries" {
		t.Errorf("the right code after a hundred guesses: %v", err)
	}
	r.at(start.Add(codeEvery))
	r.signIn()
}

// TestWhoIsKnown: numbers with and without an account are answered alike,
// whatever is asked in whatever order.
func TestWhoIsKnown(t *testing.T) {
	r := signRig(t)
	answers := func(number string) (got []string) {
		r.at(start)
		for range 12 {
			attempt, err := r.SendCode(t.Context(), number, "kk")
			got = append(got, keyOf(err))
			if attempt == "" {
				if e, ok := asError(err); ok {
					got = append(got, fmt.Sprint(e.Args["seconds"]))
				}
			}
			for range codeTries + 2 {
				_, _, err := r.SignIn(t.Context(), attempt, number, "not a code", Client{})
				got = append(got, keyOf(err))
			}
			r.pass(codeEvery)
		}
		return got
	}
	known, stranger := answers(phone), answers(unknown)
	if fmt.Sprint(known) != fmt.Sprint(stranger) {
		t.Errorf("known:   %v\nunknown: %v", known, stranger)
	}
	if !strings.Contains(fmt.Sprint(known), "error.wait-minutes") {
		t.Errorf("twelve codes in six minutes: %v", known)
	}
	if list, err := r.Messages(t.Context(), unknown, 10); err != nil || len(list) != 0 {
		t.Errorf("messages to nobody: %+v, %v", list, err)
	}
}

// TestCodesAreSentOnce: asked a hundred times at once, one code is sent; the
// newest message is the newest code. Asked all day, ten are sent, also by a
// process that has just started.
func TestCodesAreSentOnce(t *testing.T) {
	r := signRig(t)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if _, err := r.SendCode(context.Background(), phone, "kk"); err != nil && keyOf(err) != "error.wait-seconds" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if list, err := r.Messages(t.Context(), phone, 100); err != nil || len(list) != 1 {
		t.Fatalf("%d codes were sent, %v", len(list), err)
	}
	for n := range codeLimits.PerDay - 1 {
		r.at(start.Add(time.Duration(n+1) * 15 * time.Minute))
		r.signIn()
	}
	r.reopen()
	if _, err := r.SendCode(t.Context(), phone, "kk"); keyOf(err) != "error.wait-minutes" {
		t.Errorf("the eleventh of a day: %v", err)
	}
	r.at(start.Add(24 * time.Hour))
	r.signIn()
	r.file(holder, plot, 5) // numbers of messages go on beside those of codes
	r.reopen()
	if _, last, err := r.db.LastNumbers(t.Context()); err != nil || last > 1000 {
		t.Errorf("the last numbered message is %d, %v", last, err)
	}
}

func TestMalformedTokens(t *testing.T) {
	r := signRig(t)
	token := r.signIn()
	for _, bad := range []string{
		"", ".", token[1:], token + ".", token + token, strings.Repeat("a", 1<<20), "\x00", strings.ToLower(token), " " + token,
	} {
		if _, err := r.Session(t.Context(), bad); keyOf(err) != "error.unauthenticated" {
			t.Errorf("%.60q: %v", bad, err)
		}
	}
	if _, err := r.Session(t.Context(), token); err != nil {
		t.Errorf("the right one: %v", err)
	}
}
