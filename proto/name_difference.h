#ifndef ZEROD_PROTO_NAME_DIFFERENCE_H_
#define ZEROD_PROTO_NAME_DIFFERENCE_H_

#include <string>

#include "zerod/engine/job_spec.h"

namespace zerod {

// The first difference between two jobs among what LayoutHash covers, in words that name the
// parameter and both values, such as "parameter 'head.weight' has the shape [51, 41] here, and
// [51, 40] in the job". Empty when there is none. `mine` is called "here", `theirs` "in the job".
std::string NameDifference(const JobSpec& mine, const JobSpec& theirs);

}  // namespace zerod

#endif  // ZEROD_PROTO_NAME_DIFFERENCE_H_
