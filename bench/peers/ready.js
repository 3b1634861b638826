'use strict';

// Listens on a loopback port that the system chooses, says which, and ends with whoever holds the other end of stdin:
// a bench that dies leaves no peer behind.
module.exports = function ready(http) {
  http.listen(0, '127.0.0.1', () => {
    console.log(`listening on http://127.0.0.1:${http.address().port}`);
  });
  process.stdin.on('end', () => process.exit(0));
  process.stdin.resume();
};
