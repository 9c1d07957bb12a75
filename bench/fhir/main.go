// Command fhir holds what a demonstration gives of FHIR R4 to google/fhir, the
// validator of somebody else: every schedule, every slot, an appointment that it
// files itself, the bundles that lists come in, what is said to be spoken and how
// failures are told.
//
// Usage: fhir AIQYN, where AIQYN is the program. It is started with a country of its
// own in a folder that is gone afterwards. Exits 1 if anything does not hold.
package main

import (
	"bufio"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// patience is for the country to come alive.
const patience = 2 * time.Minute

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: fhir AIQYN")
		os.Exit(2)
	}
	problems, err := run(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "fhir:", err)
		os.Exit(2)
	}
	if problems > 0 {
		os.Exit(1)
	}
}

func run(program string) (problems int, err error) {
	dir, err := os.MkdirTemp("", "aiqyn-fhir")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	site, patient, end, err := start(program, dir)
	if err != nil {
		return 0, err
	}
	defer end()
	s, err := signIn(site, patient)
	if err != nil {
		return 0, err
	}
	if err := s.book(); err != nil {
		return 0, err
	}
	c, err := newChecker(s)
	if err != nil {
		return 0, err
	}
	if err := c.all(); err != nil {
		return 0, err
	}
	for _, kind := range slices.Sorted(maps.Keys(c.seen)) {
		fmt.Printf("%6d %s\n", c.seen[kind], kind)
	}
	for _, p := range c.problems {
		fmt.Println("does not hold:", p)
	}
	fmt.Println(len(c.problems), "problems")
	return len(c.problems), nil
}

// patientLine is how the demonstration names somebody with a referral.
var patientLine = regexp.MustCompile(`^\s*(\+\d+)\s.*, A patient$`)

// start has a demonstration live through little of a past and serve.
func start(program, dir string) (site, patient string, end func(), err error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", nil, err
	}
	address := free.Addr().String()
	free.Close()
	cmd := exec.Command(program, "demo", "--listen", address, "--dir", dir, "--cases", "200", "--people", "3000", "--lang", "en")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", "", nil, err
	}
	late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	end = func() { _ = cmd.Process.Signal(syscall.SIGTERM); _ = cmd.Wait() }
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := patientLine.FindStringSubmatch(lines.Text()); m != nil {
			patient = m[1]
		}
		if strings.HasPrefix(lines.Text(), "ready in") && patient != "" {
			return "http://" + address, patient, end, nil
		}
	}
	end()
	return "", "", nil, fmt.Errorf("the demonstration did not come alive, or has no patient: %v", lines.Err())
}
