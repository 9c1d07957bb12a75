package casework

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"time"

	"aiqyn"
	"aiqyn/store"
)

// Processes that share a log hand commands over to the one that decides, over
// HTTP. Both sides of what is said are sealed under a key that is derived from
// the data key, which all of them have and nobody else: so it is private, and
// comes from one of them. To say it again changes nothing, for a command is
// carried out once.

const (
	handoverMost = 16 << 20         // bytes of one message; a pack is the largest command
	handoverWait = 20 * time.Second // how long a command waits for somebody who decides
	handoverPace = 200 * time.Millisecond
)

// handoverClient reaches the other processes. It gives one up that does not
// answer: who decides by then is asked again.
var handoverClient = &http.Client{Transport: &http.Transport{
	DialContext: (&net.Dialer{Timeout: 2 * time.Second}).DialContext, ResponseHeaderTimeout: 10 * time.Second,
	MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute,
}}

// handable are the commands that may be handed over, by the names of their types.
var handable = func() map[string]reflect.Type {
	types := make(map[string]reflect.Type)
	for _, c := range []any{
		File{}, Import{}, Perform{}, Decide{}, Object{}, Contest{}, ChoosePoint{}, Withdraw{}, Suspend{}, Resume{}, Correct{}, Annul{}, Hold{}, Appeal{}, Erase{}, Rebase{},
		AskCorrection{}, DeclineCorrection{}, DecideAppeal{}, ReadFact{}, Demanded{}, EraseReport{}, Resend{}, Tell{}, Hear{}, Roster{}, Publish{}, Attest{}, Classify{},
		OpenPersonal{}, ReadFile{}, AskGlass{}, OpenGlass{}, PayFee{}, SettlePayment{}, AddPasskey{}, RemovePasskey{},
		Measurements{}, CorrectPeaks{}, SignPeaks{}, DeclinePeaks{}, ReduceMargin{}, RegisterMeters{}, Restore{}, LookAgain{}, ImportQueue{}, ConfirmQueue{}, DeclineQueue{}, AdoptTables{}, BringTables{}, ConfirmTables{}, DeclineTables{}, ImportPlace{}, TransferQueue{}, ReportPlaces{}, PublishSlots{}, TakeTicket{}, Rebook{}, Attend{},
		PublishLot{}, WithdrawLot{}, SealBid{}, OpenBid{},
		GiveMandate{}, AcceptMandate{}, EndMandate{}, ExpireMandate{}, Represent{},
	} {
		types[reflect.TypeOf(c).Name()] = reflect.TypeOf(c)
	}
	return types
}()

// handed is a command on its way.
type handed struct {
	Name string
	Data []byte
}

// handedBack is what comes back: a result, or an error that can be shown.
type handedBack struct {
	Result Result
	Failed bool
	Kind   aiqyn.ErrorKind
	Key    string
	Field  string
	Args   map[string]any
	Cause  string // for the log
}

// errNotHolder says that this process does not decide, or does no more.
var errNotHolder = aiqyn.E(aiqyn.Unavailable, "error.not-holder")

// doShared carries a command out here, or has the process do it that decides.
// While nobody does, or the database is being moved, it waits: sent twice, a
// command is still one.
func (e *Engine) doShared(ctx context.Context, cmd any) (Result, error) {
	until := time.NewTimer(handoverWait)
	defer until.Stop()
	for {
		answer, err := e.doOnce(ctx, cmd)
		if !comesBack(err) {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return Result{}, err
		case <-until.C:
			return Result{}, err
		case <-e.over:
			return Result{}, err
		case <-time.After(handoverPace):
		}
	}
}

// comesBack reports whether an error is gone once somebody decides again.
func comesBack(err error) bool {
	var known *aiqyn.Error
	if !errors.As(err, &known) || known.Kind != aiqyn.Unavailable {
		return false
	}
	switch known.Key {
	case "error.not-holder", "error.head-moved", "error.stopping", "error.database-away":
		return true
	}
	return false
}

func (e *Engine) doOnce(ctx context.Context, cmd any) (Result, error) {
	if e.leads() {
		return e.do(ctx, cmd)
	}
	lease, err := e.Store.Lease(ctx)
	if err != nil {
		return Result{}, err
	}
	if lease.Holder == e.Sharing.Name || lease.Address == "" || lease.Expires.IsZero() {
		return Result{}, errNotHolder // nobody yet, or we ourselves but not ready
	}
	return e.handOver(ctx, lease, cmd)
}

// handOver sends a command to the process that decides.
func (e *Engine) handOver(ctx context.Context, to store.Lease, cmd any) (Result, error) {
	name := reflect.TypeOf(cmd).Name()
	if handable[name] == nil {
		return Result{}, fmt.Errorf("%T is not handed over", cmd)
	}
	data, err := encodeGob(cmd)
	if err != nil {
		return Result{}, fmt.Errorf("encode %s: %w", name, err)
	}
	plain, err := encodeGob(handed{name, data})
	if err != nil {
		return Result{}, err
	}
	body := seal(e.keys.handover, plain, boundTo(nil))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.Address+"/handover", bytes.NewReader(body))
	if err != nil {
		return Result{}, err
	}
	res, err := handoverClient.Do(req)
	if err != nil {
		return Result{}, aiqyn.E(aiqyn.Unavailable, "error.not-holder").Because(err)
	}
	defer res.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(res.Body, handoverMost))
	if err != nil || res.StatusCode != http.StatusOK {
		return Result{}, aiqyn.E(aiqyn.Unavailable, "error.not-holder").Because(fmt.Errorf("%s: %s: %w", to.Address, res.Status, err))
	}
	return openAnswer(e.keys.handover, reply, body)
}

func openAnswer(key cipher.AEAD, reply, body []byte) (Result, error) {
	plain, err := open(key, reply, boundTo(body))
	if err != nil {
		return Result{}, aiqyn.E(aiqyn.Unavailable, "error.not-holder").Because(err)
	}
	var a handedBack
	if err := decodeGob(plain, &a); err != nil {
		return Result{}, fmt.Errorf("read an answer: %w", err)
	}
	switch {
	case !a.Failed:
		return a.Result, nil
	case a.Key == "":
		return Result{}, errors.New(a.Cause)
	}
	return Result{}, &aiqyn.Error{Kind: a.Kind, Key: a.Key, Field: a.Field, Args: a.Args, Err: errors.New(a.Cause)}
}

// Handover takes the commands that other processes hand over. It belongs on an
// address that only they can reach.
func (e *Engine) Handover() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /handover", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, handoverMost))
		if err != nil {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		cmd, err := openCommand(e.keys.handover, body)
		if err != nil {
			e.Log.Warn("a command was not handed over", "from", r.RemoteAddr, "err", err)
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		var a handedBack
		if !e.leads() {
			a.fail(errNotHolder)
		} else if a.Result, err = e.do(r.Context(), cmd); err != nil {
			a.fail(err)
		}
		plain, err := encodeGob(a)
		if err != nil {
			e.Log.Error("encode an answer", "err", err)
			http.Error(w, "internal", http.StatusInternalServerError)
			return
		}
		w.Write(seal(e.keys.handover, plain, boundTo(body)))
	})
	mux.HandleFunc("POST /heard", e.hearOther)
	return mux
}

// openCommand reads a command that another process has sealed.
func openCommand(key cipher.AEAD, body []byte) (any, error) {
	plain, err := open(key, body, boundTo(nil))
	if err != nil {
		return nil, err
	}
	var h handed
	if err := decodeGob(plain, &h); err != nil {
		return nil, err
	}
	t := handable[h.Name]
	if t == nil {
		return nil, fmt.Errorf("%q is not a command", h.Name)
	}
	cmd := reflect.New(t)
	if err := decodeGob(h.Data, cmd.Interface()); err != nil {
		return nil, fmt.Errorf("read %s: %w", h.Name, err)
	}
	return cmd.Elem().Interface(), nil
}

func (a *handedBack) fail(err error) {
	a.Failed, a.Cause = true, err.Error()
	var known *aiqyn.Error
	if !errors.As(err, &known) {
		return
	}
	a.Kind, a.Key, a.Field = known.Kind, known.Key, known.Field
	for name, v := range known.Args {
		if a.Args == nil {
			a.Args = make(map[string]any, len(known.Args))
		}
		switch v.(type) {
		case int, int64, bool, string:
		default:
			v = fmt.Sprint(v)
		}
		a.Args[name] = v
	}
}

func encodeGob(v any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(v)
	return b.Bytes(), err
}

func decodeGob(data []byte, into any) error {
	return gob.NewDecoder(bytes.NewReader(data)).Decode(into)
}

// boundTo is what a message is sealed with: an answer is bound to its command.
func boundTo(to []byte) []byte {
	if to == nil {
		return []byte("command")
	}
	sum := sha256.Sum256(to)
	return append([]byte("answer "), sum[:]...)
}
