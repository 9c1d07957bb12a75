package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/fhir/go/fhirversion"
	"github.com/google/fhir/go/jsonformat"
)

const base = "/api/v1/fhir/"

// checker holds resources to R4, and counts them.
type checker struct {
	*session
	r4       *jsonformat.Unmarshaller
	seen     map[string]int
	problems []string
}

func newChecker(s *session) (*checker, error) {
	r4, err := jsonformat.NewUnmarshaller("Asia/Almaty", fhirversion.R4)
	return &checker{session: s, r4: r4, seen: map[string]int{}}, err
}

func (c *checker) wrong(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// resource is what is read of one here; the validator reads all of it.
type resource struct {
	ResourceType, ID, Status string
	Slot                     []struct{ Reference string }
	Link                     []struct{ Relation, URL string }
	Entry                    []struct {
		FullURL  string
		Resource json.RawMessage
	}
}

// hold has the validator read a resource.
func (c *checker) hold(at string, raw []byte) (r resource) {
	if err := json.Unmarshal(raw, &r); err != nil {
		c.wrong("%s: %v", at, err)
		return r
	}
	c.seen[r.ResourceType]++
	if _, err := c.r4.Unmarshal(raw); err != nil {
		c.wrong("%s: %s: %v", at, r.ResourceType, err)
	}
	return r
}

// get reads one address, which must answer as R4 does.
func (c *checker) get(path string, status int) (resource, error) {
	w, raw, err := c.send(http.MethodGet, path, "", "")
	if err != nil {
		return resource{}, err
	}
	if mime := w.Header.Get("Content-Type"); w.StatusCode != status || !strings.HasPrefix(mime, "application/fhir+json") {
		c.wrong("%s: %s, %s", path, w.Status, mime)
	}
	return c.hold(path, raw), nil
}

// search follows a list to its end. What its entries say they are is read, too.
func (c *checker) search(path string) (all []resource, err error) {
	for path != "" {
		page, err := c.get(path, http.StatusOK)
		if err != nil {
			return nil, err
		}
		path = ""
		for _, l := range page.Link {
			if l.Relation == "next" {
				path = strings.TrimPrefix(l.URL, c.site)
			}
		}
		for _, e := range page.Entry {
			listed := c.hold(e.FullURL, e.Resource)
			one, err := c.get(strings.TrimPrefix(e.FullURL, c.site), http.StatusOK)
			if err != nil {
				return nil, err
			}
			if one.ResourceType != listed.ResourceType || one.ID != listed.ID {
				c.wrong("%s is %s/%s, listed as %s/%s", e.FullURL, one.ResourceType, one.ID, listed.ResourceType, listed.ID)
			}
			all = append(all, listed)
		}
	}
	return all, nil
}

// all asks for everything that is spoken.
func (c *checker) all() error {
	if _, err := c.get(base+"metadata", http.StatusOK); err != nil {
		return err
	}
	schedules, err := c.search(base + "Schedule?_count=3")
	if err != nil {
		return err
	}
	for _, s := range schedules {
		if _, err := c.search(base + "Slot?_count=50&schedule=Schedule/" + s.ID); err != nil {
			return err
		}
	}
	own, err := c.search(base + "Appointment")
	if err != nil {
		return err
	}
	for _, a := range own {
		for _, s := range a.Slot {
			if _, err := c.get(base+s.Reference, http.StatusOK); err != nil {
				return err
			}
		}
	}
	for path, status := range map[string]int{"Schedule/none": 404, "Slot/none": 404, "Patient/1": 404, "Appointment/none": 404, "Slot?start=yesterday": 400, "Schedule?_format=xml": 400} {
		if _, err := c.get(base+path, status); err != nil {
			return err
		}
	}
	for _, kind := range []string{"Schedule", "Slot", "Appointment", "Bundle", "CapabilityStatement", "OperationOutcome"} {
		if c.seen[kind] == 0 {
			c.wrong("no %s was seen", kind)
		}
	}
	return nil
}
