// Is an address one that Freshdesk can post to?
#pragma once

// What is wrong with it, as the rest of a sentence ("must begin with https://"); NULL: nothing that can be told from
// here. Static text.
const char *webhook_url_problem(const char *url);
