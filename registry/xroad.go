package registry

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"aiqyn"
)

// XRoad reads registers of other bodies through a security server, by X-Road's
// message protocol for REST, version r1:
//
//	GET /r1/KZ/GOV/1001/cadastre/parcels/20-313-012-345
//	X-Road-Client: KZ/GOV/2002/aiqyn
//	X-Road-Id: fa2e18a5-c2cb-4d09-b994-f57727f7c3fb
//	X-Road-UserId: KZsurveyor-03
//	X-Road-Issue: the case
//
// The security server signs and logs both messages; its request hash is kept
// with the reading, so that the other body cannot deny its answer.
type XRoad struct {
	config   XRoadConfig
	services map[string]string // register → path of its service, escaped
	client   string            // escaped
}

// XRoadConfig says where the security server is and which service carries
// which register.
type XRoadConfig struct {
	Server   string            // https://security-server.example
	Client   string            // instance/class/member/subsystem
	Services map[string]string // register → instance/class/member/subsystem/service[/path]
	Country  string            // prefix of user ids; "KZ" if empty
	Timeout  time.Duration     // of a whole exchange; 10 s if zero
	MaxBytes int64             // of an answer; 1 MiB if zero
	HTTP     *http.Client      // carries the client's certificate; http.DefaultClient if nil
	Now      aiqyn.Clock
}

// NewXRoad checks the configuration.
func NewXRoad(c XRoadConfig) (*XRoad, error) {
	server, err := url.Parse(c.Server)
	if err != nil || server.Scheme != "https" && server.Scheme != "http" || server.Host == "" {
		return nil, fmt.Errorf("x-road: %q is not the address of a security server", c.Server)
	}
	if c.Now == nil {
		return nil, errors.New("x-road: a clock is needed")
	}
	c.Server = strings.TrimSuffix(c.Server, "/")
	if c.Country == "" {
		c.Country = "KZ"
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = 1 << 20
	}
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	direct := *c.HTTP // an answer that points elsewhere is not the register's
	direct.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.HTTP = &direct
	x := &XRoad{config: c, services: map[string]string{}}
	if x.client, err = identifier(c.Client, 3, 4); err != nil {
		return nil, err
	}
	for register, service := range c.Services {
		if x.services[register], err = identifier(service, 4, 12); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// identifier escapes an X-Road identifier part by part, as the protocol asks.
func identifier(id string, least, most int) (string, error) {
	parts := strings.Split(id, "/")
	if len(parts) < least || len(parts) > most {
		return "", fmt.Errorf("x-road: identifier %q has %d parts", id, len(parts))
	}
	for i, part := range parts {
		if part == "" || part == "." || part == ".." {
			return "", fmt.Errorf("x-road: identifier %q has an empty part", id)
		}
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/"), nil
}

// Read implements [Register].
func (x *XRoad) Read(ctx context.Context, q Query) (Reading, error) {
	if err := q.check(); err != nil {
		return Reading{}, err
	}
	service, ok := x.services[q.Register]
	if !ok {
		return Reading{}, unavailable(q.Register, 0, errors.New("x-road: no service carries this register"))
	}
	id, header, status, body, err := x.ask(ctx, q, service+"/"+url.PathEscape(q.Key))
	if err != nil {
		return Reading{}, err
	}
	return x.reading(q, service, id, header, status, body)
}

// ask sends one message and returns its id and the answer to it.
func (x *XRoad) ask(ctx context.Context, q Query, path string) (id string, header http.Header, status int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, x.config.Timeout)
	defer cancel()
	request, id, err := x.request(ctx, q, path)
	if err != nil {
		return "", nil, 0, nil, unavailable(q.Register, 0, err)
	}
	response, err := x.config.HTTP.Do(request)
	if err != nil {
		return "", nil, 0, nil, unavailable(q.Register, 0, fmt.Errorf("x-road: message %s: %w", id, cause(err)))
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, x.config.MaxBytes+1))
	if err != nil {
		return "", nil, 0, nil, unavailable(q.Register, 0, fmt.Errorf("x-road: %w", err))
	}
	if int64(len(body)) > x.config.MaxBytes {
		return "", nil, 0, nil, malformed(q.Register, fmt.Errorf("more than %d bytes", x.config.MaxBytes))
	}
	return id, response.Header, response.StatusCode, body, nil
}

func (x *XRoad) request(ctx context.Context, q Query, path string) (*http.Request, string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, x.config.Server+"/r1/"+path, nil)
	if err != nil {
		return nil, "", fmt.Errorf("x-road: %w", cause(err))
	}
	id := messageID()
	h := request.Header
	h.Set("Accept", "application/json")
	h.Set("X-Road-Client", x.client)
	h.Set("X-Road-Id", id)
	h.Set("X-Road-UserId", x.config.Country+url.PathEscape(userOf(q.Actor)))
	if q.Case != "" {
		h.Set("X-Road-Issue", url.PathEscape(string(q.Case)))
	}
	return request, id, nil
}

// Plots implements [Placed] where a service carries it:
//
//	GET /r1/KZ/GOV/1001/cadastre/places?bbox=640000,5642000,640300,5642300&limit=2000
//
// answers as [ParsePlots] reads.
func (x *XRoad) Plots(ctx context.Context, box Box) ([]Plot, bool, error) {
	service, ok := x.services[PlaceService]
	if !ok {
		return nil, false, noPlaces()
	}
	metres := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	bbox := strings.Join([]string{metres(box.X0), metres(box.Y0), metres(box.X1), metres(box.Y1)}, ",")
	id, header, status, body, err := x.ask(ctx, Query{Register: ParcelRegister, Actor: aiqyn.System}, service+"?bbox="+bbox+"&limit="+strconv.Itoa(MostPlots))
	if err != nil {
		return nil, false, err
	}
	if err := x.answers(ParcelRegister, id, header); err != nil {
		return nil, false, err
	}
	if status != http.StatusOK {
		return nil, false, unavailable(ParcelRegister, retryAfter(header), fmt.Errorf("x-road: status %d", status))
	}
	list, more, err := ParsePlots(body, box)
	if err != nil {
		return nil, false, malformed(ParcelRegister, fmt.Errorf("x-road: message %s: %w", id, err))
	}
	return list, more, nil
}

// userOf names whose action caused the reading: the officer, the person, or
// the role of the machinery.
func userOf(a aiqyn.Actor) string {
	switch {
	case a.Officer != "":
		return string(a.Officer)
	case a.Person != "":
		return string(a.Person)
	}
	return string(a.Role)
}

// answers refuses what is not the answer of the other body to a message. An error of the
// security server itself carries X-Road-Error whatever its status, and a 404 of that sort
// (an unknown service, a missing permission) says nothing about the row.
func (x *XRoad) answers(register, id string, h http.Header) error {
	if fault := h.Get("X-Road-Error"); fault != "" {
		return unavailable(register, retryAfter(h), fmt.Errorf("x-road: message %s: fault %s", id, faultCode(fault)))
	}
	if h.Get("X-Road-Id") != id {
		return malformed(register, fmt.Errorf("x-road: the answer is not to message %s", id))
	}
	return nil
}

// reading makes sense of an answer.
func (x *XRoad) reading(q Query, service, id string, h http.Header, status int, body []byte) (Reading, error) {
	if err := x.answers(q.Register, id, h); err != nil {
		return Reading{}, err
	}
	r := Reading{
		Register: q.Register,
		Key:      q.Key,
		At:       x.config.Now().UTC(),
		Source:   "x-road:" + service,
		Proof:    h.Get("X-Road-Request-Hash"),
	}
	switch {
	case status == http.StatusNotFound:
		return r, nil
	case status != http.StatusOK:
		return Reading{}, unavailable(q.Register, retryAfter(h), fmt.Errorf("x-road: status %d", status))
	}
	value, err := canonical(body)
	if err != nil { // its words may have a part of the document
		return Reading{}, malformed(q.Register, fmt.Errorf("x-road: message %s: no canonical JSON", id))
	}
	if modified, err := http.ParseTime(h.Get("Last-Modified")); err == nil {
		r.At = modified.UTC()
	}
	r.Found, r.Value = true, value
	if r.Version = strings.Trim(strings.TrimPrefix(h.Get("ETag"), "W/"), `"`); r.Version == "" {
		r.Version = versionOf(value)
	}
	return r, nil
}

// cause is why an answer did not come, without the address that was asked: it ends in
// the number of a person.
func cause(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// faultCode is the code of a fault, as X-Road writes them: "Server.ServerProxy.IOError".
// What else a server says may repeat what it was asked. Its own log has that, under the
// message's id.
func faultCode(fault string) string {
	for _, r := range fault {
		if r != '.' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return "of another form"
		}
	}
	return fault[:min(len(fault), 100)]
}

// retryAfter reads how long the other side asks us to wait, up to an hour.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, time.Hour)
}

// messageID makes a random UUID.
func messageID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
